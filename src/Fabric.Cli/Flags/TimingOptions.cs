using System.CommandLine;
using System.Globalization;

namespace Fabric.Cli.Flags;

/// <summary>The options of <c>fabric flag set</c> that make a flag's answer change with time.</summary>
internal sealed class TimingOptions
{
    private static readonly TimeSpan LongestRamp = TimeSpan.FromDays(3650);

    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly Option<string?> _activateAt = new("--activate-at") { Description = "Off for everybody before this time", HelpName = "TIME" };
    private readonly Option<string?> _ramp = new("--ramp") { Description = "Share of the targeting keys that get on, growing or shrinking evenly", HelpName = "FROM-TO" };
    private readonly Option<string?> _over = new("--over") { Description = "How long the ramp takes, such as 90m, 24h or 7d", HelpName = "DURATION" };
    private readonly Option<string?> _start = new("--start") { Description = "When the ramp begins [now]", HelpName = "TIME" };
    private readonly Option<string?> _staleAfter = new("--stale-after")
    {
        Description = "What a host answers that has lost the fabric for so long, such as 30s=off",
        HelpName = "DURATION=on|off",
    };

    public void On(Command command)
    {
        foreach (var option in new[] { _activateAt, _ramp, _over, _start, _staleAfter })
            command.Options.Add(option);
    }

    public Timing Read(ParseResult parse, TimeProvider time)
    {
        var activateAt = parse.GetValue(_activateAt) is { } at ? ReadTime(at, "--activate-at").ToString(Rfc3339, CultureInfo.InvariantCulture) : null;
        return new Timing(activateAt, ReadRamp(parse, time), ReadStale(parse.GetValue(_staleAfter)));
    }

    private RampShape? ReadRamp(ParseResult parse, TimeProvider time)
    {
        var (ramp, over, start) = (parse.GetValue(_ramp), parse.GetValue(_over), parse.GetValue(_start));
        if (ramp is null && over is null && start is null)
            return null;
        if (ramp is null || over is null)
            throw new UsageException("a ramp has both --ramp FROM-TO and --over DURATION");
        var ends = ramp.Split('-');
        if (ends.Length != 2)
            throw new UsageException($"--ramp is \"{ramp}\": two percentages, such as 0-100");
        var begins = start is null ? time.GetUtcNow() : ReadTime(start, "--start");
        return new RampShape(
            Shorthand.ReadPercent(ends[0], "--ramp"), Shorthand.ReadPercent(ends[1], "--ramp"),
            begins.ToString(Rfc3339, CultureInfo.InvariantCulture), (begins + ReadDuration(over)).ToString(Rfc3339, CultureInfo.InvariantCulture));
    }

    private static TimeSpan ReadDuration(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 && (long)number * unit <= LongestRamp.TotalSeconds
                ? TimeSpan.FromSeconds((long)number * unit)
                : throw new UsageException($"--over is \"{text}\": a duration such as 90s, 45m, 24h or 7d, of at most {LongestRamp.TotalDays:0} days");
    }

    private static DateTimeOffset ReadTime(string text, string option) =>
        text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new UsageException($"{option} is \"{text}\": a time such as 2026-12-01T09:00:00Z");

    private static (string, string)? ReadStale(string? text)
    {
        if (text is null)
            return null;
        return text.Split('=') is [{ Length: > 0 } after, "on" or "off"] parts
            ? (after, parts[1])
            : throw new UsageException($"--stale-after is \"{text}\": a duration and what to answer then, such as 30s=off");
    }
}
