using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary>The API's report of an import, as a person reads it.</summary>
internal sealed class ImportReport
{
    private static readonly string[] Counts = ["created", "updated", "unchanged", "refused", "unknown", "notApplied"];

    private readonly JsonElement _report;

    private ImportReport(JsonElement report) => _report = report;

    public int Refused => Count("refused");

    public int Written => Count("created") + Count("updated");

    /// <summary>Null where the answer holds none.</summary>
    public static ImportReport? From(Reply reply)
    {
        if (reply.Json.ValueKind != JsonValueKind.Object)
            return null;
        var report = reply.Json.TryGetProperty("report", out var inner) ? inner : reply.Json;
        return report.TryGetProperty("flags", out _) ? new ImportReport(report) : null;
    }

    public async Task PrintAsync(Session session)
    {
        var flags = _report.GetProperty("flags").EnumerateArray().ToArray();
        var grid = new Grid("KEY", "RESULT", "REVISION", "EVALUATED IN");
        foreach (var flag in flags)
            grid.Add(Text(flag, "key"), Words(Text(flag, "result")!), Revision(flag), string.Join(", ", Texts(flag, "evaluableIn")));
        if (flags.Length > 0)
            grid.WriteTo(session.Terminal);
        foreach (var line in Remarks(flags).Append(Summary()))
            await session.Terminal.Error.WriteLineAsync(Plain.Text(line));
    }

    /// <summary>What there is to say of single flags; the same of many is said once.</summary>
    private static IEnumerable<string> Remarks(JsonElement[] flags)
    {
        foreach (var flag in flags.Where(static flag => flag.TryGetProperty("problems", out _)))
        {
            foreach (var problem in flag.GetProperty("problems").EnumerateArray())
                yield return $"refused: {Text(problem, "path")}: {Text(problem, "reason")}";
        }

        var notes = from flag in flags
                    from note in Texts(flag, "notes").Concat(HttpOnly(flag))
                    group Text(flag, "key") by note;
        foreach (var note in notes)
            yield return $"note: {(note.Count() == 1 ? note.First() : $"{note.Count()} flags")}: {note.Key}";
    }

    private static IEnumerable<string> HttpOnly(JsonElement flag) =>
        Text(flag, "evaluableInReason") is { } reason ? [$"it is evaluated over HTTP only, and programs on the hosts run their own default: {reason}"] : [];

    private string Summary()
    {
        var counts = Counts.Where(name => Count(name) > 0).Select(name => $"{Count(name)} {Words(name)}").ToArray();
        var sets = Count("changeSets");
        var what = counts.Length == 0 ? "no flags in the file" : string.Join(", ", counts);
        return $"{(_report.GetProperty("dryRun").GetBoolean() ? "nothing written; it would be " : "")}{what}{(sets > 1 ? $"; {sets} change sets" : "")}; revision {_report.GetProperty("revision").GetInt64()}";
    }

    private int Count(string name) => _report.GetProperty(name).GetInt32();

    private static string Words(string result) => result == "notApplied" ? "not applied" : result;

    private static string? Revision(JsonElement flag) => flag.TryGetProperty("revision", out var revision) ? $"{revision.GetInt64()}" : null;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(static text => text.GetString()!) : [];
}
