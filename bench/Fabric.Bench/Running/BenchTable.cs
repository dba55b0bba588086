using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fabric.Bpf.Table;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Bench.Running;

/// <summary>What all flags of a table are.</summary>
internal enum FlagKind
{
    /// <summary>On for everybody.</summary>
    Plain,

    /// <summary>On for a quarter of the callers.</summary>
    Rollout,
}

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
    internal static BenchTable Create(Options options, string folder, string name, IReadOnlyList<(string Key, FlagKind Kind)> flags)
    {
        var path = Path.Combine(folder, name);
        var table = TablePlace.Open(new TableOwner(Fabric, "bench", Limits.DefaultCapacity), path, options.Work, out _);
        if (table.Path != path)
            throw new InvalidOperationException($"the table is at {table.Path} and not at {path}");
        var set = FlagSet.Restore(1, flags.Select(static flag => new Flag(flag.Key, 1, Definition(flag.Kind, on: true))));
        table.Reconcile(1, set);
        var names = Path.Combine(options.Work, $"{name}.names");
        File.WriteAllLines(names, flags.Select(static flag => flag.Key));
        return new BenchTable(table, set, names);
    }

    /// <summary>So many flags of one kind, under names as people give them.</summary>
    internal static List<(string Key, FlagKind Kind)> Named(int count, FlagKind kind)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(i =>
            ($"{Words[random.Next(Words.Length)]}.{string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Words[random.Next(Words.Length)] + "-"))}{random.Next(1000)}-{i}", kind))];
    }

    /// <summary>The flags after one of them was turned on or off.</summary>
    internal FlagSet Turned(string key, bool on)
    {
        var change = new Change.Put(key, Definition(FlagKind.Plain, on));
        (Flags, _) = Flags.Apply(Flags.Revision + 1, new ChangeSet(Guid.NewGuid(), [change]));
        return Flags;
    }

    public void Dispose() => Table.Dispose();

    private static FlagDefinition Definition(FlagKind kind, bool on) =>
        kind == FlagKind.Rollout ? Rollout : on ? On : Off;

    private static FlagDefinition On { get; } = Parse("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""");

    private static FlagDefinition Off { get; } = Parse("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}""");

    private static FlagDefinition Rollout { get; } = Parse(
        """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",25],["off",75]]}}""");

    private static FlagDefinition Parse(string json) =>
        DefinitionParser.Parse(Encoding.UTF8.GetBytes(json)).Definition ?? throw new InvalidOperationException(json);
}
