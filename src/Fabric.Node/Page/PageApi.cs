using System.Reflection;

namespace Fabric.Node.Page;

/// <summary>The page at every node's address, from inside the executable.</summary>
internal sealed class PageApi(PageOrigins origins)
{
    private const string Prefix = "page/";
    private const string Start = "index.html";
    private const string Folder = "assets/";

    // A name with a hash in it never means anything else.
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private readonly Dictionary<string, PageAsset> _assets = Load();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", ["GET", "HEAD"], (RequestDelegate)(http => SendAsync(http, Start))).ExcludeFromDescription();
        routes.MapMethods("/assets/{name}", ["GET", "HEAD"], (RequestDelegate)(http => SendAsync(http, Folder + http.GetRouteValue("name")))).ExcludeFromDescription();
    }

    private Task SendAsync(HttpContext http, string path)
    {
        var response = http.Response;
        if (!_assets.TryGetValue(path, out var asset))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        Protect(response.Headers);
        response.Headers.ETag = asset.Tag;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.CacheControl = path == Start ? AskAgain : Forever;
        if (http.Request.Headers.IfNoneMatch.Any(sent => sent is not null && sent.Contains(asset.Tag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var (bytes, encoding) = asset.For(http.Request);
        response.ContentType = asset.ContentType;
        response.ContentLength = bytes.Length;
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    /// <summary>Nothing but the page's own files runs in it, and it talks to nobody but the fabric's nodes.</summary>
    private void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + $"connect-src {string.Join(' ', origins.Known().Prepend("'self'"))}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    private static Dictionary<string, PageAsset> Load()
    {
        var assembly = typeof(PageApi).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal) && Path.GetExtension(name) is not (".br" or ".gz"))
            .Select(static name => name[Prefix.Length..])
            .ToDictionary(static path => path, path => new PageAsset(path, name => Read(assembly, Prefix + name)), StringComparer.Ordinal);
    }

    private static byte[]? Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name);
        if (stream is null)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
