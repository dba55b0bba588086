using System.Globalization;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Usage;

/// <summary>Usage for people.</summary>
internal static class UsageTable
{
    public static async Task ShowAsync(Session session, UsageReply usage, string? key)
    {
        await WarnAsync(session, usage);
        if (usage.Flags.Count > 0)
            Flags(usage).WriteTo(session.Terminal);
        else if (key is null)
            await session.HintAsync("there are no flags yet; fabric flag set KEY --default on makes one");
        if (key is not null)
            Callers([.. usage.Flags, .. usage.Unknown])?.WriteTo(session.Terminal);
        else if (usage.Unknown.Count > 0)
            await ShowUnknownAsync(session, usage);
        if (key is not null && usage.Flags.Count + usage.Unknown.Count == 0)
            await session.HintAsync(Plain.Text($"there is no flag \"{key}\", and nobody has asked for one"));
    }

    /// <summary>Says what is missing in the sums.</summary>
    public static async Task WarnAsync(Session session, UsageReply usage)
    {
        foreach (var host in usage.Hosts.Where(static host => !UsageReply.Answered(host)))
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: {Cell(host, "name")} is not in the sums: {Cell(host, "error")}"));
        foreach (var host in usage.Hosts.Where(static host => host.GetProperty("unattributed").GetInt64() > 0))
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: on {Cell(host, "name")} there was no room for the flags of {Cell(host, "unattributed")} calls"));
    }

    private static Grid Flags(UsageReply usage)
    {
        var grid = new Grid("KEY", "EVALUATIONS", "OVERRIDE", "SHARED", "REMOTE", "VARIANTS", "DEFAULTS", "LAST");
        foreach (var flag in usage.Flags)
        {
            var doors = flag.GetProperty("doors");
            var variants = flag.GetProperty("variants").EnumerateObject().Select(static variant => $"{variant.Name}={variant.Value}");
            grid.Add(Cell(flag, "key"), Cell(flag, "evaluations"), Cell(doors, "override"), Cell(doors, "shared"), Cell(doors, "remote"),
                string.Join(' ', variants), Cell(flag, "defaults"), Time(flag, "last"));
        }

        return grid;
    }

    private static async Task ShowUnknownAsync(Session session, UsageReply usage)
    {
        await session.PrintAsync("");
        var grid = new Grid("ASKED FOR, BUT NO FLAG", "EVALUATIONS", "LAST", "BY");
        foreach (var unknown in usage.Unknown)
        {
            var name = unknown.GetProperty("name").GetString() is { Length: > 0 } known ? known : "(others)";
            grid.Add(name, Cell(unknown, "evaluations"), Time(unknown, "last"),
                string.Join(' ', unknown.GetProperty("callers").EnumerateArray().Select(static caller => Cell(caller, "exe"))));
        }

        grid.WriteTo(session.Terminal);
    }

    private static Grid? Callers(IReadOnlyList<JsonElement> asked)
    {
        var callers = asked.SelectMany(static one => one.GetProperty("callers").EnumerateArray()).ToArray();
        if (callers.Length == 0)
            return null;
        var grid = new Grid("CALLER", "EVALUATIONS", "PROCESSES", "FIRST", "LAST");
        foreach (var caller in callers)
            grid.Add(Cell(caller, "exe"), Cell(caller, "evaluations"), Cell(caller, "processes"), Time(caller, "first"), Time(caller, "last"));
        return grid;
    }

    private static string Cell(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";

    private static string Time(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.String } value
        ? value.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        : "never";
}
