using System.Globalization;

namespace Fabric.Node.Options;

/// <summary>Reads sizes as people write them: a whole number and its unit.</summary>
internal static class Sizes
{
    public const string Range = "a whole number with its unit, KiB, MiB, GiB or TiB, from 1MiB on, such as 256MiB";

    private static readonly (string Unit, int Bits)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];

    public static long? Read(string text)
    {
        foreach (var (unit, bits) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= long.MaxValue >> bits)
            {
                return number << bits;
            }
        }

        return null;
    }
}
