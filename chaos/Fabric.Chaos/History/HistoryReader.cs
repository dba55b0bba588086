using System.Text.Json;

namespace Fabric.Chaos.History;

/// <summary>A history that cannot be read.</summary>
internal sealed class HistoryUnreadableException(int line, string reason) : Exception($"line {line}: {reason}");

/// <summary>The operations of one key, in the order in which they began.</summary>
internal sealed record KeyHistory(string Key, IReadOnlyList<Operation> Operations);

/// <summary>Reads a history of JSON lines.</summary>
internal static class HistoryReader
{
    private sealed record Event(int Line, long Time, string Process, string Type, string? Function, string? Key, JsonElement Value);

    private sealed record Open(Event Begin, int Rank);

    /// <param name="lines">The lines; empty ones are passed over.</param>
    /// <param name="values">Numbers for what was written.</param>
    /// <exception cref="HistoryUnreadableException">They are no history.</exception>
    public static IReadOnlyList<KeyHistory> Read(IEnumerable<string> lines, ValueNames values)
    {
        var events = new List<Event>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                events.Add(ReadEvent(line, number));
        }

        return Pair(events.OrderBy(static one => one.Time).ThenBy(static one => one.Line), values);
    }

    private static List<KeyHistory> Pair(IEnumerable<Event> events, ValueNames values)
    {
        var open = new Dictionary<string, Open>(StringComparer.Ordinal);
        var keys = new SortedDictionary<string, List<Operation>>(StringComparer.Ordinal);
        var rank = 0;
        foreach (var one in events)
        {
            rank++;
            if (one.Type == "invoke")
            {
                // A process that goes on without an answer leaves an operation behind whose outcome is unknown.
                if (open.Remove(one.Process, out var left))
                    Keep(keys, left, null, 0, values);
                open[one.Process] = new Open(one, rank);
                continue;
            }

            if (!open.Remove(one.Process, out var began))
                throw new HistoryUnreadableException(one.Line, $"process {one.Process} has nothing open that this could be the answer to");
            if (one.Function is { } function && function != began.Begin.Function || one.Key is { } key && key != began.Begin.Key)
                throw new HistoryUnreadableException(one.Line, $"it does not answer what process {one.Process} asked in line {began.Begin.Line}");
            Keep(keys, began, one, rank, values);
        }

        foreach (var left in open.Values)
            Keep(keys, left, null, 0, values);
        return [.. keys.Select(static pair => new KeyHistory(pair.Key, [.. pair.Value.OrderBy(static operation => operation.Began)]))];
    }

    private static void Keep(SortedDictionary<string, List<Operation>> keys, Open began, Event? answer, int ended, ValueNames values)
    {
        var (begin, rank) = (began.Begin, began.Rank);
        var key = begin.Key ?? "";
        if (!keys.TryGetValue(key, out var operations))
            keys[key] = operations = [];
        if (ToOperation(begin, rank, answer, ended, values) is { } operation)
            operations.Add(operation);
    }

    /// <summary>Null for what says nothing of the register: a read without an answer, a write that never took place.</summary>
    private static Operation? ToOperation(Event begin, int rank, Event? answer, int ended, ValueNames values)
    {
        var outcome = answer?.Type ?? "info";
        switch (begin.Function, outcome)
        {
            case ("read", "ok"):
                return new Operation(OperationKind.Read, 0, values.NumberOf(answer!.Value), rank, ended, begin.Line);
            case ("write", "ok"):
                return new Operation(OperationKind.Write, 0, values.NumberOf(begin.Value), rank, ended, begin.Line);
            case ("write", "info"):
                return new Operation(OperationKind.PerhapsWrite, 0, values.NumberOf(begin.Value), rank, Operation.Never, begin.Line);
            case ("cas", _):
                var (from, to) = Swap(begin, values);
                return outcome switch
                {
                    "ok" => new Operation(OperationKind.Swap, from, to, rank, ended, begin.Line),
                    "fail" => new Operation(OperationKind.Miss, from, to, rank, ended, begin.Line),
                    _ => new Operation(OperationKind.PerhapsSwap, from, to, rank, Operation.Never, begin.Line),
                };
            default:
                return null;
        }
    }

    private static (int From, int To) Swap(Event begin, ValueNames values) =>
        begin.Value.ValueKind == JsonValueKind.Array && begin.Value.GetArrayLength() == 2
            ? (values.NumberOf(begin.Value[0]), values.NumberOf(begin.Value[1]))
            : throw new HistoryUnreadableException(begin.Line, "the value of a cas is [from, to]");

    private static Event ReadEvent(string line, int number)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(line);
            root = document.RootElement.Clone();
        }
        catch (JsonException bad)
        {
            throw new HistoryUnreadableException(number, $"it is not JSON: {bad.Message}");
        }

        if (root.ValueKind != JsonValueKind.Object)
            throw new HistoryUnreadableException(number, "it is not an object");
        var type = Text(root, "type");
        if (type is not ("invoke" or "ok" or "fail" or "info"))
            throw new HistoryUnreadableException(number, "type must be invoke, ok, fail or info");
        var function = Text(root, "f");
        if (function is not (null or "read" or "write" or "cas") || (function is null && type == "invoke"))
            throw new HistoryUnreadableException(number, "f must be read, write or cas");
        if (!root.TryGetProperty("process", out var process))
            throw new HistoryUnreadableException(number, "process is missing");
        if (!root.TryGetProperty("time", out var time) || time.ValueKind != JsonValueKind.Number || !time.TryGetInt64(out var nanoseconds))
            throw new HistoryUnreadableException(number, "time must be a whole number of nanoseconds");
        root.TryGetProperty("value", out var value);
        return new Event(number, nanoseconds, process.GetRawText(), type, function, Text(root, "key"), value);
    }

    private static string? Text(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var field) || field.ValueKind == JsonValueKind.Null ? null
        : field.ValueKind == JsonValueKind.String ? field.GetString() : field.GetRawText();
}
