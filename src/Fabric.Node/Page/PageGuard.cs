using Fabric.Node.Api;
using Fabric.Node.Ofrep;
using Fabric.Node.Problems;

namespace Fabric.Node.Page;

/// <summary>
/// Lets the fabric's own pages ask any of its nodes, so that one goes on when its own node ends, and refuses what a page of
/// another site has a browser write. OFREP, which only evaluates, has origins of its own.
/// </summary>
internal sealed class PageGuard(PageOrigins origins)
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string Asked = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID, " + ClaimedActor.Header;
    private const string Shown = "ETag, Retry-After, " + Revisions.Header;
    private const string Remembered = "600";

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (request.Path.StartsWithSegments(OfrepApi.Prefix))
            return next(http);
        if (request.Headers.Origin is not [{ Length: > 0 } origin])
            return request.Headers["Sec-Fetch-Site"] == "cross-site" && Writes(request) ? RefuseAsync(http, "another site") : next(http);
        http.Response.Headers.Vary = "Origin";
        if (!origins.IsOwn(origin, request))
            return Writes(request) ? RefuseAsync(http, origin) : next(http);

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = Shown;
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
            return next(http);
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Asked;
        headers.AccessControlMaxAge = Remembered;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static bool Writes(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    private static Task RefuseAsync(HttpContext http, string origin) => Refusals.OtherSite(origin).ExecuteAsync(http);
}
