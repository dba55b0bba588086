using System.Security.Cryptography;

namespace Fabric.Node.Page;

/// <summary>One file of the page, in every form in which it can be sent.</summary>
internal sealed class PageAsset
{
    private const string Brotli = "br";
    private const string Gzip = "gzip";

    private readonly byte[] _plain;
    private readonly byte[]? _brotli;
    private readonly byte[]? _gzip;

    public PageAsset(string path, Func<string, byte[]?> resource)
    {
        _plain = resource(path) ?? throw new InvalidOperationException($"the page has no {path}");
        _brotli = resource(path + ".br");
        _gzip = resource(path + ".gz");
        ContentType = TypeOf(path);
        Tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_plain).AsSpan(0, 8))}\"";
    }

    public string ContentType { get; }

    /// <summary>Its ETag, the same in every form: weak validators are all that browsers ask with here.</summary>
    public string Tag { get; }

    /// <summary>Its bytes in the smallest form that the client takes; the encoding is null for the plain one.</summary>
    public (byte[] Bytes, string? Encoding) For(HttpRequest request)
    {
        var taken = request.Headers.AcceptEncoding.ToString();
        if (_brotli is not null && Takes(taken, Brotli))
            return (_brotli, Brotli);
        return _gzip is not null && Takes(taken, Gzip) ? (_gzip, Gzip) : (_plain, null);
    }

    private static bool Takes(string header, string encoding)
    {
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            var semicolon = part.IndexOf(';');
            var name = semicolon < 0 ? part : part[..semicolon].TrimEnd();
            if (name.Equals(encoding, StringComparison.OrdinalIgnoreCase))
                return semicolon < 0 || part[(semicolon + 1)..].Replace(" ", "", StringComparison.Ordinal).TrimEnd('0', '.') is not "q=";
        }

        return false;
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"the page has a file of an unknown kind: {other}"),
    };
}
