using System.CommandLine;
using System.Globalization;
using Fabric.Cli.Client;

namespace Fabric.Cli.Flags;

/// <summary>The condition of a write: <c>--if-revision N|none</c>.</summary>
internal static class Conditions
{
    public static Option<string?> IfRevision() => new("--if-revision")
    {
        Description = "Only if it has this revision; none: only if it does not exist",
        HelpName = "N|none",
    };

    public static Call Apply(string? condition, Call call) => condition switch
    {
        null => call,
        "none" => call with { IfNoneMatch = "*" },
        _ when long.TryParse(condition, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > 0 =>
            call with { IfMatch = $"\"{revision}\"" },
        _ => throw new UsageException($"--if-revision is \"{condition}\": a revision, or none"),
    };
}
