using System.Globalization;

namespace Fabric.Flags.Targeting;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class Pointer
{
    internal static string Child(string place, string name) =>
        $"{place}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    internal static string Child(string place, int index) => string.Concat(place, "/", index.ToString(CultureInfo.InvariantCulture));
}
