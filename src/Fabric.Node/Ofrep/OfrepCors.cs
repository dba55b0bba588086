using Fabric.Node.Api;

namespace Fabric.Node.Ofrep;

/// <summary>
/// Lets pages of the named origins evaluate from a browser. Without any, browsers keep to pages that are served from the
/// node's own address; what is no browser is not concerned.
/// </summary>
internal sealed class OfrepCors(IReadOnlyList<string> origins)
{
    /// <summary>Stands for every origin.</summary>
    public const string Any = "*";

    private const string Methods = "GET, POST";
    private const string Asked = "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-API-Key";
    private const string Shown = "ETag, Retry-After, " + Revisions.Header;
    private const string Remembered = "600";

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (origins.Count == 0 || !http.Request.Path.StartsWithSegments(OfrepApi.Prefix))
            return next(http);
        var headers = http.Response.Headers;
        headers.Vary = "Origin";
        if (http.Request.Headers.Origin is not [{ Length: > 0 } origin] || !(origins.Contains(Any) || origins.Contains(origin, StringComparer.OrdinalIgnoreCase)))
            return next(http);

        headers.AccessControlAllowOrigin = origins.Contains(Any) ? Any : origin;
        headers.AccessControlExposeHeaders = Shown;
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0)
            return next(http);
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Asked;
        headers.AccessControlMaxAge = Remembered;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Whether a text is what browsers send as an origin, or stands for all of them.</summary>
    public static bool IsSound(string text) =>
        text == Any || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase));
}
