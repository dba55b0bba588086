using System.Text.RegularExpressions;

namespace Fabric.Telemetry.Tests;

/// <summary>Reads what a scrape says.</summary>
internal static partial class Exposition
{
    /// <summary>The names of the families, as <c># TYPE</c> has them.</summary>
    public static IReadOnlySet<string> Families(string scrape) =>
        Type().Matches(scrape).Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of the series: those of a histogram are three.</summary>
    public static IReadOnlySet<string> Series(string scrape) =>
        Sample().Matches(scrape).Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>The value of the one series whose line begins so and has these labels.</summary>
    public static double Value(string scrape, string name, params string[] labels)
    {
        var line = Assert.Single(scrape.Split('\n'), line =>
            (line.StartsWith($"{name}{{", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal))
            && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line[(line.IndexOf("} ", StringComparison.Ordinal) is var end and > 0 ? end + 2 : name.Length)..].Trim().Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
