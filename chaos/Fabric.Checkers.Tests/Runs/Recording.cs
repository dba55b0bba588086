using System.Text.Json.Nodes;

namespace Fabric.Checkers.Tests.Runs;

/// <summary>A run's files in memory, to be changed and written.</summary>
internal sealed class Recording
{
    public const string Operations = "operations.jsonl", Statuses = "status.jsonl", Faults = "faults.jsonl";

    private readonly SortedDictionary<string, List<JsonObject>> _files = new(StringComparer.Ordinal);

    /// <summary>The lines of a file; a file of one object has one.</summary>
    public List<JsonObject> this[string file] => _files.TryGetValue(file, out var lines) ? lines : _files[file] = [];

    public IEnumerable<string> FilesOf(string beginning) => _files.Keys.Where(name => name.StartsWith(beginning, StringComparison.Ordinal));

    public IEnumerable<JsonObject> LinesOf(string beginning) => FilesOf(beginning).SelectMany(name => _files[name]);

    /// <summary>Every host's log at the end.</summary>
    public IEnumerable<JsonArray> Logs => LinesOf("final-").Select(static final => final["log"]!.AsArray());

    public void Remove(string file) => _files.Remove(file);

    /// <summary>Writes it as a harness would.</summary>
    public void WriteTo(string folder)
    {
        foreach (var (name, lines) in _files)
            File.WriteAllLines(Path.Combine(folder, name), lines.Select(static line => line.ToJsonString()));
    }
}
