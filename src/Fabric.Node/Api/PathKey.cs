using System.Text;
using Fabric.Flags;
using Microsoft.AspNetCore.Http.Features;

namespace Fabric.Node.Api;

/// <summary>
/// The flag's key at the end of an address, decoded from what came over the wire: the decoded path leaves an encoded
/// slash as it is, which would make two different keys look the same.
/// </summary>
internal static class PathKey
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="http">The request.</param>
    /// <param name="problems">Takes what is wrong with the key.</param>
    /// <param name="after">What the address goes on with after the key.</param>
    public static string Read(HttpContext http, ICollection<Problem> problems, string after = "")
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        path = path[..^after.Length];
        var key = Decode(path[(path.LastIndexOf('/') + 1)..]);
        if ((key is null ? "a flag's key must be valid UTF-8, percent-encoded" : FlagKey.WhyNot(key)) is { } reason)
            problems.Add(new Problem("/key", reason));
        return key ?? "";
    }

    private static string? Decode(string segment)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(segment.Length)];
        var length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
                length += Encoding.UTF8.GetBytes(segment.AsSpan(i, 1), bytes.AsSpan(length));
            else if (i + 2 < segment.Length && byte.TryParse(segment.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[length]))
                (i, length) = (i + 2, length + 1);
            else
                return null;
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
