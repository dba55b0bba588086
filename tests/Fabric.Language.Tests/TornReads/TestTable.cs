using System.Text;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags.Definitions;

namespace Fabric.Language.Tests.TornReads;

/// <summary>A table of its own for a test.</summary>
internal sealed class TestTable : IDisposable
{
    private const string BpfRoot = "/run/fabric/bpf";
    private const long HeapBytes = 4 << 20;
    private const int Capacity = 1024;

    private readonly string _folder;

    internal TestTable(TableKind kind)
    {
        var name = $"language-{Environment.ProcessId}-{Guid.NewGuid():N}";
        if (kind == TableKind.Bpf)
        {
            Directory.CreateDirectory(BpfRoot);
            if (!Libc.IsOnBpfFs(BpfRoot))
                Assert.Equal(0, Libc.mount("bpf", BpfRoot, "bpf", 0, "mode=0755"));
        }

        _folder = Directory.CreateDirectory(Path.Combine(kind == TableKind.Bpf ? BpfRoot : Path.GetTempPath(), name)).FullName;
        var owner = new TableOwner(Guid.NewGuid(), "torn", Capacity);
        Table = new FlagTable(Make(kind, owner, HeapBytes), larger => Make(kind, owner, larger), owner.Facts);
        Table.Stamp();
    }

    internal FlagTable Table { get; }

    internal static FlagDefinition Parse(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(problems.IsEmpty, $"{string.Join("; ", problems)}: {json}");
        return definition!;
    }

    public void Dispose()
    {
        Table.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ITableMemory Make(TableKind kind, TableOwner owner, long heap)
    {
        var path = Path.Combine(_folder, "table");
        var size = new TableSize(owner.Capacity, heap);
        return kind == TableKind.Bpf ? BpfTableMemory.Create(path, owner, size) : FileTableMemory.Create(path, owner, size);
    }
}
