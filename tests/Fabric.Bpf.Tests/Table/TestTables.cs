using System.Collections.Immutable;
using System.Text;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Bpf.Tests.Table;

/// <summary>Tables and flags for tests.</summary>
internal static class TestTables
{
    internal static readonly Guid FabricId = Guid.Parse("0f6b1c1e-4a3c-4f7e-9d55-0d7a3c3f6a11");

    internal static TableOwner Owner(int capacity = 64, string node = "a") => new(FabricId, node, capacity);

    /// <summary>A folder that a table of this kind can be in, empty.</summary>
    internal static string Folder(TableKind kind)
    {
        var name = $"test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        if (kind == TableKind.File)
            return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name)).FullName;
        var root = "/run/fabric/bpf";
        Directory.CreateDirectory(root);
        if (!Libc.IsOnBpfFs(root))
            Assert.Equal(0, Libc.mount("bpf", root, "bpf", 0, "mode=0755"));
        return Directory.CreateDirectory(Path.Combine(root, name)).FullName;
    }

    internal static FlagTable Open(TableKind kind, string folder, TableOwner? owner = null, long? heap = null)
    {
        owner ??= Owner();
        var path = Path.Combine(folder, "table");
        if (kind == TableKind.File)
        {
            return new FlagTable(
                heap is { } bytes ? FileTableMemory.Create(path, owner, new TableSize(owner.Capacity, bytes)) : FileTableMemory.OpenOrCreate(path, owner),
                larger => FileTableMemory.Create(path, owner, new TableSize(owner.Capacity, larger)),
                owner.Facts);
        }

        return new FlagTable(
            heap is { } size ? BpfTableMemory.Create(path, owner, new TableSize(owner.Capacity, size)) : BpfTableMemory.OpenOrCreate(path, owner),
            larger => BpfTableMemory.Create(path, owner, new TableSize(owner.Capacity, larger)),
            owner.Facts);
    }

    internal static FlagDefinition Definition(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        return definition!;
    }

    internal static FlagDefinition Boolean(bool on, string state = "ENABLED") => Definition(
        $$"""{"state":"{{state}}","variants":{"on":true,"off":false},"defaultVariant":"{{(on ? "on" : "off")}}"}""");

    internal static FlagDefinition Percent(int percent, string seed = "") => Definition(
        $$$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[{{{seed}}}["on",{{{percent}}}],["off",{{{100 - percent}}}]]}}""");

    internal static FlagSet Set(long revision, params (string Key, FlagDefinition Definition)[] flags) =>
        FlagSet.Restore(revision, flags.Select(flag => new Flag(flag.Key, revision, flag.Definition)));

    internal static FlagSet With(this FlagSet set, long revision, params Change[] changes)
    {
        var (next, outcome) = set.Apply(revision, new ChangeSet(Guid.NewGuid(), [.. changes]), int.MaxValue);
        Assert.IsType<ChangeOutcome.Applied>(outcome);
        return next;
    }

    internal static ImmutableArray<string> Keys(params string[] keys) => [.. keys];
}
