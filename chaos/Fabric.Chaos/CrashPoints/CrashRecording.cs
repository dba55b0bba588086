using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Fabric.Chaos.CrashPoints;

/// <summary>Records what one client does, one operation after the other, in the format of a run.</summary>
internal sealed class CrashRecording(string folder)
{
    private readonly List<JsonObject> _lines = [];

    public void Invoke(JsonObject what) => Add("invoke", what);

    public void End(string type, JsonObject what) => Add(type, what);

    /// <summary>The log, flags and digests at the end; then the run is whole.</summary>
    public void Finish(JsonObject final)
    {
        File.WriteAllLines(Path.Combine(folder, "operations.jsonl"), _lines.Select(static line => line.ToJsonString()));
        File.WriteAllText(Path.Combine(folder, "final-a.json"), final.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "run.json"), """{"hosts":[{"name":"a","voter":true}],"ended":true}""");
    }

    private void Add(string type, JsonObject what)
    {
        what["time"] = Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
        what["process"] = 1;
        what["type"] = type;
        _lines.Add(what);
    }
}
