using System.Text.Json;

namespace Fabric.Chaos.Model;

/// <summary>Reads a run's folder; <c>chaos/README.md</c> has its format.</summary>
internal static class RunReader
{
    /// <exception cref="RunUnreadableException">It is no run.</exception>
    public static Run Read(string folder)
    {
        string In(string file) => Path.Combine(folder, file);
        var facts = JsonLines.ReadOne(In("run.json"), static root => new Facts(root.Clone()))
            ?? throw new RunUnreadableException("run.json", 0, $"there is none in {folder}");
        return new Run
        {
            Folder = folder,
            Hosts = [.. facts.Root.Items("hosts").Select(static host => new Host(host.NeededText("name"), host.Is("voter")))],
            Ended = facts.Root.Is("ended"),
            Seed = facts.Root.Text("seed"),
            Operations = OperationsReader.Read(In("operations.jsonl")),
            Subscribers = [.. Files(folder, "events-").Select(static file => new Subscriber(file.Name, [.. JsonLines.Read(file.Path, ToStreamLine)]))],
            Programs = [.. Files(folder, "programs-").Select(static file => new TableReader(file.Name, HostOf(file.Name), [.. JsonLines.Read(file.Path, ToSample)]))],
            Statuses = [.. JsonLines.Read(In("status.jsonl"), ToStatus)],
            Faults = [.. JsonLines.Read(In("faults.jsonl"), ToFault)],
            Finals = [.. Directory.EnumerateFiles(folder, "final-*.json").Order(StringComparer.Ordinal).Select(static path => JsonLines.ReadOne(path, ToFinal)!)],
            Healed = JsonLines.ReadOne(In("healed.json"), static root => new Healing(root.Needed("time"), root.Number("equal"))),
        };
    }

    private sealed record Facts(JsonElement Root);

    private static IEnumerable<(string Name, string Path)> Files(string folder, string beginning) =>
        Directory.EnumerateFiles(folder, beginning + "*.jsonl").Order(StringComparer.Ordinal).Select(static path => (Path.GetFileNameWithoutExtension(path), path));

    /// <summary>The host's name in <c>programs-HOST-N</c>.</summary>
    private static string HostOf(string name) => name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..name.LastIndexOf('-')];

    private static StreamLine ToStreamLine(JsonElement root, int line)
    {
        var mark = root.NeededText("kind") switch
        {
            "open" => StreamMark.Open,
            "event" => StreamMark.Event,
            "gap" => StreamMark.Gap,
            "closed" => StreamMark.Closed,
            var other => throw new FormatException($"kind must be open, event, gap or closed, not {other}"),
        };
        var revision = mark switch
        {
            StreamMark.Open => root.Needed("from"),
            StreamMark.Event => root.Needed("revision"),
            _ => 0,
        };
        return new StreamLine(line, root.Needed("time"), mark, revision, root.Text("host"), root.Changes());
    }

    private static TableSample ToSample(JsonElement root, int line) => new(
        line, root.Needed("time"), root.Needed("revision"), root.Number("generation") ?? 0,
        root.Member("values") is { } values
            ? values.EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.ValueKind == JsonValueKind.Null ? (long?)null : one.Value.GetInt64(), StringComparer.Ordinal)
            : throw new FormatException("values are missing"));

    private static StatusSample ToStatus(JsonElement root, int line)
    {
        var sample = new StatusSample(root.Needed("time"), root.NeededText("host"), root.Text("error"));
        if (root.Member("status") is not { } status)
            return sample;
        return sample with
        {
            Pid = status.Number("pid"),
            Role = status.Text("role"),
            Term = status.Number("term") ?? 0,
            Applied = status.Number("appliedRevision") ?? 0,
            TableRevision = status.Number("tableRevision"),
            DigestIndex = status.Member("stateDigest")?.Number("index") ?? 0,
            Digest = status.Member("stateDigest")?.Text("value"),
        };
    }

    private static FaultMark ToFault(JsonElement root, int line) => new(
        root.Needed("time"), root.NeededText("fault"), root.NeededText("phase") == "begin",
        [.. root.Items("hosts").Select(static host => host.GetString() ?? "")], root.Text("detail") ?? "");

    private static FinalHost ToFinal(JsonElement root)
    {
        List<LoggedSet> log = [.. root.Items("log").Select(static set => new LoggedSet(set.Needed("revision"), set.Text("op"), set.Changes()))];
        var revision = root.Needed("revision");
        return new FinalHost(root.NeededText("host"), revision, root.Text("stateDigest"), root.Text("tableDigest"), root.Number("tableRevision"))
        {
            // A log that does not say from where on it is whole is whole from its first entry on.
            Since = root.Number("since") ?? (log.Count > 0 ? log.Min(static set => set.Revision) - 1 : revision),
            Flags = [.. root.Items("flags").Select(static flag => new FinalFlag(flag.NeededText("key"), flag.Number("value"), flag.Needed("revision")))],
            Log = log,
        };
    }
}
