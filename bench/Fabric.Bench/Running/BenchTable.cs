using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fabric.Bpf.Table;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Bench.Running;

/// <summary>A table of the benchmark's own, with flags of random names.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seeded sequence gives every run the same names.")]
internal sealed class BenchTable : IDisposable
{
    private static readonly string[] Words = ["checkout", "search", "new", "legacy", "beta", "invoice", "cart", "rate-limit", "dark-mode", "export", "v2", "eu"];
    private static readonly Guid Fabric = Guid.Parse("7d9c1e53-54c1-4a6e-9a58-1d2ab2a3c901");

    private BenchTable(IFlagTable table, FlagSet flags, string namesFile)
    {
        Table = table;
        Flags = flags;
        NamesFile = namesFile;
    }

    internal IFlagTable Table { get; }

    internal FlagSet Flags { get; private set; }

    /// <summary>Lists the flags, one a line.</summary>
    internal string NamesFile { get; }

    /// <summary>A new table; on a BPF file system when <paramref name="folder"/> is on one, in a file otherwise.</summary>
    internal static BenchTable Create(Options options, string folder, string name, IReadOnlyList<(string Key, string Json)> flags)
    {
        var path = Path.Combine(folder, name);
        var table = TablePlace.Open(new TableOwner(Fabric, "bench", Limits.DefaultCapacity), path, options.Work);
        if (table.Path != path)
            throw new InvalidOperationException($"the table is at {table.Path} and not at {path}");
        // Thousands of flags have one definition between them.
        var parsed = flags.Select(static flag => flag.Json).Distinct().ToDictionary(static json => json, Parse);
        var set = FlagSet.Restore(1, flags.Select(flag => new Flag(flag.Key, 1, parsed[flag.Json])));
        table.Reconcile(1, set);
        var names = Path.Combine(options.Work, $"{name}.names");
        File.WriteAllLines(names, flags.Select(static flag => flag.Key));
        return new BenchTable(table, set, names);
    }

    /// <summary>So many flags of one definition, under names as people give them.</summary>
    internal static List<(string Key, string Json)> Named(int count, string json)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(i =>
            ($"{Words[random.Next(Words.Length)]}.{string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Words[random.Next(Words.Length)] + "-"))}{random.Next(1000)}-{i}", json))];
    }

    /// <summary>The flags after one of them was turned on or off.</summary>
    internal FlagSet Turned(string key, bool on)
    {
        var change = new Change.Put(key, on ? On : Off);
        (Flags, _) = Flags.Apply(Flags.Revision + 1, new ChangeSet(Guid.NewGuid(), [change]));
        return Flags;
    }

    public void Dispose() => Table.Dispose();

    private static FlagDefinition On { get; } = Parse(Definitions.On);

    private static FlagDefinition Off { get; } = Parse(Definitions.Off);

    private static FlagDefinition Parse(string json) =>
        DefinitionParser.Parse(Encoding.UTF8.GetBytes(json)).Definition ?? throw new InvalidOperationException(json);
}
