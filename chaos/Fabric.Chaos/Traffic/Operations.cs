using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Fabric.Chaos.Traffic;

/// <summary>Writes <c>operations.jsonl</c>, and counts.</summary>
internal sealed class Operations(string path) : IAsyncDisposable
{
    private readonly JsonLinesFile _file = new(path);
    private readonly ConcurrentQueue<(long Began, long Ended)> _accepted = [];
    private long _decided;
    private long _notTaken;
    private long _unknown;
    private long _value;

    /// <summary>Operations that the fabric decided: done, or refused for what a flag was.</summary>
    internal long Decided => Interlocked.Read(ref _decided);

    /// <summary>Operations that nobody took.</summary>
    internal long NotTaken => Interlocked.Read(ref _notTaken);

    internal long Unknown => Interlocked.Read(ref _unknown);

    /// <summary>A number that no write has had.</summary>
    internal long NewValue() => Interlocked.Increment(ref _value);

    internal void Invoke(long process, string function, string host, Action<JsonObject> describe) => _file.Add(Line(process, "invoke", function, host, describe));

    internal void End(long process, string function, string host, long began, Answer answer)
    {
        var line = Line(process, answer switch { Answer.Done => "ok", Answer.Refused => "fail", _ => "info" }, function, host, line => Describe(line, function, answer));
        _file.Add(line);
        _ = answer switch
        {
            Answer.Unknown => Interlocked.Increment(ref _unknown),
            Answer.Refused { Conflict: false } => Interlocked.Increment(ref _notTaken),
            _ => Interlocked.Increment(ref _decided),
        };
        if (answer is Answer.Done && function != "read")
            _accepted.Enqueue((began, (long)line["time"]!));
    }

    /// <summary>Nanoseconds from a moment to the end of the first write that began after it; null where there was none.</summary>
    internal long? FirstAcceptedAfter(long moment)
    {
        var ends = _accepted.Where(write => write.Began >= moment).Select(static write => write.Ended).ToArray();
        return ends.Length == 0 ? null : ends.Min() - moment;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static JsonObject Line(long process, string type, string function, string host, Action<JsonObject> describe)
    {
        var line = new JsonObject { ["time"] = JsonLinesFile.Now, ["process"] = process, ["type"] = type, ["f"] = function, ["host"] = host };
        describe(line);
        return line;
    }

    private static void Describe(JsonObject line, string function, Answer answer)
    {
        switch (answer)
        {
            case Answer.Done { Body: var body, At: var at } when function == "read":
                // A flag that is not there has no definition.
                line["value"] = body.TryGetProperty("definition", out var definition) ? definition.GetProperty("variants").GetProperty("v").GetInt64() : null;
                line["revision"] = body.GetProperty("revision").GetInt64();
                line["at"] = at;
                break;
            case Answer.Done { Body: var body }:
                line["revision"] = body.GetProperty("revision").GetInt64();
                break;
            case Answer.Refused refused:
                (line["status"], line["error"]) = (refused.Status, refused.Error);
                if (refused.Conflict)
                    line["conflict"] = true;
                break;
            case Answer.Unknown unknown:
                line["error"] = unknown.Error;
                break;
        }
    }
}
