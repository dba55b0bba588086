using System.Globalization;
using System.Net;

namespace Fabric.Node.Options;

/// <summary>Reads addresses as people write them.</summary>
internal static class Addresses
{
    public const string EndpointRange = "an IP address and a port, such as 127.0.0.1:7401";
    public const string BaseRange = "an http address without a path, such as http://10.0.0.2:7401";

    /// <summary>Reads <c>127.0.0.1:7401</c>, <c>[::1]:7401</c> or <c>localhost:7401</c>; the port must be there.</summary>
    public static IPEndPoint? ReadEndpoint(string text)
    {
        var bare = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..].TrimEnd('/') : text;
        var colon = bare.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(bare.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;

        var host = bare[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, port);
        // An IPv6 address without brackets would have its last group taken for the port.
        if (host.Contains(':') && !(host.StartsWith('[') && host.EndsWith(']')))
            return null;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) ? new IPEndPoint(address, port) : null;
    }

    /// <summary>Reads the base address under which others reach a node's API; the scheme may be left out.</summary>
    public static Uri? ReadBase(string text)
    {
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
            && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : null;
    }

    /// <summary>The base address of an API that listens at <paramref name="endpoint"/>.</summary>
    public static Uri BaseOf(IPEndPoint endpoint) => new($"http://{endpoint}");
}
