using System.Globalization;
using System.Text.Json;

namespace Fabric.Cli.Flags;

/// <summary>Definitions of boolean flags from a few words.</summary>
internal static class Shorthand
{
    private const int MostDecimals = 3;

    /// <summary>A percentage with at most three decimals, exactly as it was written.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="option">Where.</param>
    public static decimal ReadPercent(string text, string option = "--percent") =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
        && percent is >= 0 and <= 100 && decimal.Round(percent, MostDecimals) == percent
            ? percent
            : throw new UsageException($"{option} is \"{text}\": a number from 0 to 100 with at most {MostDecimals} decimals");

    /// <summary>Variants on and off, and who gets which.</summary>
    /// <param name="state">on or off: whether the flag is in service.</param>
    /// <param name="otherwise">on or off: what callers get whom no share decides.</param>
    /// <param name="percent">The share of callers that get on, of those that have a targeting key; null without shares.</param>
    /// <param name="timing">What changes with time.</param>
    public static byte[] Definition(string state, string otherwise, decimal? percent, Timing timing)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("state", state == "on" ? "ENABLED" : "DISABLED");
            writer.WriteStartObject("variants");
            writer.WriteBoolean("on", true);
            writer.WriteBoolean("off", false);
            writer.WriteEndObject();
            writer.WriteString("defaultVariant", otherwise);
            if (percent is { } share)
            {
                writer.WritePropertyName("targeting"u8);
                writer.WriteRawValue(Targeting(share));
            }

            timing.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Targeting(decimal percent)
    {
        // Weights are whole numbers, so decimals make the scale finer.
        var scale = 1;
        while (percent * scale != decimal.Truncate(percent * scale))
            scale *= 10;
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"fractional":[["on",{{percent * scale:0}}],["off",{{(100 - percent) * scale:0}}]]}""");
    }
}
