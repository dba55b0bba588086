using System.Text.Json.Nodes;

namespace Fabric.Checkers.Tests.Runs;

/// <summary>
/// What a fabric without faults of its own would record: clients, hosts that lag behind one log, listeners and programs, each
/// going on when chance says so. Everything is legal by construction.
/// </summary>
internal sealed partial class SimulatedRun(Random random)
{
    private const int Clients = 6, Keys = 5;
    private static readonly string[] Names = ["a", "b", "c"];

    private sealed record Set(long Revision, string Op, List<(string Key, long? Value)> Changes);

    private sealed class Open(JsonObject invoke)
    {
        public JsonObject Invoke => invoke;

        public JsonObject? Answer { get; set; }
    }

    private readonly Recording _recording = new();
    private readonly List<Set> _log = [];
    private readonly Dictionary<string, (long Revision, long? Value)> _now = [];
    private readonly Open?[] _open = new Open?[Clients];
    private readonly int[] _applied = new int[Names.Length];
    private readonly int[] _shown = new int[Names.Length];
    private readonly int[] _heard = new int[Names.Length];
    private readonly int[] _listensTo = [0, 1, 2];
    private long _time = 1_000;
    private long _revision = 1;
    private long _value;
    private int _operation;

    public static Recording Draw(Random random, int steps) => new SimulatedRun(random).Run(steps);

    private Recording Run(int steps)
    {
        for (var i = 0; i < Names.Length; i++)
            Listen(i, 0);
        for (var i = 0; i < steps; i++)
            Step();
        for (var host = 0; host < Names.Length; host++)
        {
            while (_applied[host] < _log.Count)
                Apply(host);
            while (_shown[host] < _log.Count)
                Show(host);
        }

        for (var i = 0; i < Names.Length; i++)
            Hear(i, all: true);
        End();
        return _recording;
    }

    private void Step()
    {
        _time += random.Next(1, 10);
        var host = random.Next(Names.Length);
        switch (random.Next(12))
        {
            case 0 or 1:
                Apply(host);
                break;
            case 2 or 3:
                Show(host);
                break;
            case 4:
                Hear(host, all: false);
                break;
            case 5:
                Tell(host);
                break;
            default:
                Client(random.Next(Clients));
                break;
        }
    }

    private void Apply(int host) => _applied[host] = Math.Min(_applied[host] + 1, _log.Count);

    /// <summary>A program looks at the table of its host, perhaps after the table has gone on.</summary>
    private void Show(int host)
    {
        _shown[host] = Math.Min(_shown[host] + 1, Math.Max(_applied[host], _shown[host]));
        if (_shown[host] == 0)
            return;
        var values = new JsonObject();
        foreach (var (key, (_, value)) in StateAt(_shown[host]))
            values[key] = value;
        _recording[$"programs-{Names[host]}-0.jsonl"].Add(new JsonObject
        {
            ["time"] = _time, ["revision"] = _log[_shown[host] - 1].Revision, ["generation"] = _shown[host], ["values"] = values,
        });
    }

    private void Hear(int listener, bool all)
    {
        var host = _listensTo[listener];
        for (var i = 0; (all || i < 2) && _heard[listener] < _applied[host]; i++)
        {
            _time++;
            var set = _log[_heard[listener]++];
            _recording[$"events-{Names[listener]}-0.jsonl"].Add(new JsonObject
            {
                ["time"] = _time, ["kind"] = "event", ["revision"] = set.Revision, ["changes"] = ChangesOf(set), ["host"] = Names[host],
            });
        }

        if (all || random.Next(10) > 0)
            return;
        _recording[$"events-{Names[listener]}-0.jsonl"].Add(new JsonObject { ["time"] = _time, ["kind"] = "closed" });
        Listen(listener, random.Next(Names.Length));
    }

    private void Listen(int listener, int host)
    {
        _listensTo[listener] = host;
        _recording[$"events-{Names[listener]}-0.jsonl"].Add(new JsonObject
        {
            ["time"] = _time, ["kind"] = "open", ["host"] = Names[host], ["from"] = _heard[listener] == 0 ? 0 : _log[_heard[listener] - 1].Revision,
        });
    }

    private void Tell(int host) => _recording[Recording.Statuses].Add(new JsonObject
    {
        ["time"] = _time,
        ["host"] = Names[host],
        ["status"] = new JsonObject
        {
            ["pid"] = 100 + host, ["role"] = host == 0 ? "leader" : "follower", ["term"] = 1,
            ["appliedRevision"] = (long)_applied[host], ["stateDigest"] = new JsonObject { ["index"] = _applied[host], ["value"] = $"digest {_applied[host]}" },
        },
    });

    private Dictionary<string, (long Revision, long? Value)> StateAt(int length)
    {
        var state = new Dictionary<string, (long Revision, long? Value)>();
        foreach (var set in _log.Take(length))
        {
            foreach (var (key, value) in set.Changes)
                state[key] = (set.Revision, value);
        }

        return state;
    }

    private static JsonArray ChangesOf(Set set)
    {
        var changes = new JsonArray();
        foreach (var (key, value) in set.Changes)
            changes.Add(value is null ? new JsonObject { ["key"] = key, ["deleted"] = true } : new JsonObject { ["key"] = key, ["value"] = value });
        return changes;
    }

    private void End()
    {
        var hosts = new JsonArray();
        foreach (var name in Names)
        {
            hosts.Add(new JsonObject { ["name"] = name, ["voter"] = true });
            var (flags, log) = (new JsonArray(), new JsonArray());
            foreach (var (key, (revision, value)) in StateAt(_log.Count).Where(static flag => flag.Value.Value is not null))
                flags.Add(new JsonObject { ["key"] = key, ["value"] = value, ["revision"] = revision });
            foreach (var set in _log)
                log.Add(new JsonObject { ["revision"] = set.Revision, ["op"] = set.Op, ["changes"] = ChangesOf(set) });
            _recording[$"final-{name}.json"].Add(new JsonObject
            {
                ["host"] = name, ["revision"] = _revision, ["since"] = 0, ["stateDigest"] = "end", ["tableDigest"] = "end", ["tableRevision"] = _revision, ["flags"] = flags, ["log"] = log,
            });
        }

        _recording["run.json"].Add(new JsonObject { ["seed"] = 1, ["hosts"] = hosts, ["ended"] = true });
        _recording["healed.json"].Add(new JsonObject { ["time"] = _time, ["equal"] = _time + 2_000_000_000 });
    }
}
