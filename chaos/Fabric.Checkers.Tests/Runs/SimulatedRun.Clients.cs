using System.Text.Json.Nodes;

namespace Fabric.Checkers.Tests.Runs;

/// <summary>The clients: each begins, takes its place in the log, and is answered, at moments that chance decides.</summary>
internal sealed partial class SimulatedRun
{
    private void Client(int client)
    {
        if (_open[client] is not { } open)
        {
            var invoke = Invoke(client);
            _recording[Recording.Operations].Add(invoke);
            _open[client] = new Open(invoke);
            return;
        }

        if (open.Answer is null)
        {
            open.Answer = Place(open.Invoke);
            return;
        }

        open.Answer["time"] = _time;
        open.Answer["process"] = client;
        _recording[Recording.Operations].Add(open.Answer);
        _open[client] = null;
    }

    private JsonObject Invoke(int client)
    {
        var key = Key();
        var invoke = new JsonObject { ["time"] = _time, ["process"] = client, ["type"] = "invoke", ["host"] = Names[random.Next(Names.Length)] };
        var kind = random.Next(10);
        invoke["f"] = kind switch { < 4 => "read", < 6 => "write", < 8 => "cas", < 9 => "changes", _ => "delete" };
        if (kind < 4)
        {
            invoke["key"] = key;
            invoke["consistency"] = kind == 3 ? "local" : "linearizable";
            return invoke;
        }

        invoke["op"] = $"op-{_operation++}";
        if (kind == 8)
        {
            var changes = new JsonArray();
            foreach (var one in Enumerable.Range(0, Keys).Select(static i => $"k{i}").Order().Where(_ => random.Next(2) == 0).Append(key).Distinct())
                changes.Add(new JsonObject { ["key"] = one, ["value"] = ++_value });
            invoke["changes"] = changes;
            return invoke;
        }

        invoke["key"] = key;
        if (kind < 9)
            invoke["value"] = ++_value;
        if (kind is 6 or 7)
            invoke["ifRevision"] = random.Next(4) == 0 ? random.NextInt64(0, _revision + 1) : RevisionOf(key);
        return invoke;
    }

    /// <summary>Takes effect, or does not, and makes the answer.</summary>
    private JsonObject Place(JsonObject invoke)
    {
        if ((string)invoke["f"]! == "read")
            return Read(invoke);
        var chance = random.Next(20);
        if (chance == 0)
            return new JsonObject { ["type"] = "fail", ["status"] = 503, ["error"] = "not now" };
        if (chance == 1)
            return new JsonObject { ["type"] = "info" };
        if (invoke["ifRevision"] is { } condition && (long)condition != RevisionOf((string)invoke["key"]!))
        {
            // A condition that failed stands in the log, where it has no effect, and takes a revision.
            _revision++;
            return chance == 2 ? new JsonObject { ["type"] = "info" } : new JsonObject { ["type"] = "fail", ["status"] = 412, ["conflict"] = true };
        }

        List<(string Key, long? Value)> changes = invoke["changes"] is JsonArray many
            ? [.. many.Select(static one => ((string)one!["key"]!, (long?)one["value"]))]
            : [((string)invoke["key"]!, (long?)invoke["value"])];
        _revision += random.Next(1, 3);
        _log.Add(new Set(_revision, (string)invoke["op"]!, changes));
        foreach (var (key, value) in changes)
            _now[key] = (_revision, value);
        return chance == 2 ? new JsonObject { ["type"] = "info" } : new JsonObject { ["type"] = "ok", ["revision"] = _revision };
    }

    private JsonObject Read(JsonObject invoke)
    {
        var local = (string)invoke["consistency"]! == "local";
        var length = local ? _applied[Array.IndexOf(Names, (string)invoke["host"]!)] : _log.Count;
        var (revision, value) = StateAt(length).GetValueOrDefault((string)invoke["key"]!);
        var answer = new JsonObject { ["type"] = "ok", ["value"] = value, ["revision"] = value is null ? null : revision };
        if (random.Next(3) > 0)
            answer["at"] = length == 0 ? 0 : _log[length - 1].Revision;
        return answer;
    }

    private string Key() => $"k{random.Next(Keys)}";

    private long RevisionOf(string key) => _now.TryGetValue(key, out var flag) && flag.Value is not null ? flag.Revision : 0;
}
