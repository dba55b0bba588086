using System.Text.Json;

namespace Fabric.Chaos.Model;

/// <summary>Reads what the clients did.</summary>
internal static class OperationsReader
{
    private sealed record Line(int Number, long Time, string Process, string Type, JsonElement Root);

    public static List<RecordedOperation> Read(string path)
    {
        var operations = new List<RecordedOperation>();
        var open = new Dictionary<string, RecordedOperation>(StringComparer.Ordinal);
        var lines = JsonLines.Read(path, static (root, number) =>
            new Line(number, root.Needed("time"), root.NeededText("process"), root.NeededText("type"), root.Clone())).ToList();
        foreach (var line in lines.OrderBy(static line => line.Time).ThenBy(static line => line.Number))
        {
            try
            {
                if (line.Type == "invoke")
                {
                    // A process that goes on without an answer leaves an operation behind whose outcome is unknown.
                    if (open.Remove(line.Process, out var left))
                        operations.Add(left);
                    open[line.Process] = Begin(line);
                }
                else
                {
                    operations.Add(open.Remove(line.Process, out var begun)
                        ? End(begun, line)
                        : throw new FormatException($"process {line.Process} has nothing open that this could be the answer to"));
                }
            }
            catch (FormatException bad)
            {
                throw new RunUnreadableException(Path.GetFileName(path), line.Number, bad.Message);
            }
        }

        operations.AddRange(open.Values);
        operations.Sort(static (one, other) => (one.Began, one.Line).CompareTo((other.Began, other.Line)));
        return operations;
    }

    private static RecordedOperation Begin(Line line)
    {
        var root = line.Root;
        var function = root.NeededText("f");
        return new RecordedOperation
        {
            Line = line.Number,
            Process = line.Process,
            Function = function,
            Host = root.Text("host"),
            Op = root.Text("op"),
            Began = line.Time,
            Key = function == "read" ? root.NeededText("key") : null,
            Local = root.Text("consistency") == "local",
            MinRevision = root.Number("minRevision") ?? 0,
            Changes = function switch
            {
                "read" => [],
                "changes" => root.Changes(),
                "delete" => [new Change(root.NeededText("key"), null, root.Number("ifRevision"))],
                "write" or "cas" => [new Change(root.NeededText("key"), root.Needed("value"), root.Number("ifRevision"))],
                _ => throw new FormatException("f must be write, cas, delete, changes or read"),
            },
        };
    }

    private static RecordedOperation End(RecordedOperation begun, Line line) => line.Type switch
    {
        "ok" => begun with
        {
            Ended = line.Time,
            Outcome = Outcome.Ok,
            // Who answered, which need not be who was asked first.
            Host = line.Root.Text("host") ?? begun.Host,
            Value = begun.IsRead ? line.Root.Number("value") : null,
            Revision = begun.IsRead ? line.Root.Number("revision") : line.Root.Needed("revision"),
            At = line.Root.Number("at"),
        },
        "fail" => begun with { Ended = line.Time, Outcome = Outcome.Refused, Conflict = line.Root.Is("conflict") },
        "info" => begun,
        _ => throw new FormatException("type must be invoke, ok, fail or info"),
    };
}
