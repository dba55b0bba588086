using System.Text;
using System.Text.Json;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>A table of its own for a test, with the host of the cases.</summary>
internal sealed class TestTable : IDisposable
{
    private const string BpfRoot = "/run/fabric/bpf";
    private const long HeapBytes = 32 << 20;
    private const int Capacity = 1024;

    private readonly string _folder;

    internal TestTable(TableKind kind, Host host)
    {
        var name = $"language-{Environment.ProcessId}-{Guid.NewGuid():N}";
        if (kind == TableKind.Bpf)
        {
            Directory.CreateDirectory(BpfRoot);
            if (!Libc.IsOnBpfFs(BpfRoot))
                Assert.Equal(0, Libc.mount("bpf", BpfRoot, "bpf", 0, "mode=0755"));
        }

        _folder = Directory.CreateDirectory(Path.Combine(kind == TableKind.Bpf ? BpfRoot : Path.GetTempPath(), name)).FullName;
        var owner = new TableOwner(Guid.NewGuid(), host.Name, Capacity) { Facts = new HostFacts(host.Name, host.Labels) };
        Table = new FlagTable(Make(kind, owner, HeapBytes), larger => Make(kind, owner, larger), owner.Facts);
        Table.Stamp();
    }

    internal FlagTable Table { get; }

    /// <summary>CLOCK_BOOTTIME at which the host has heard nothing for so long.</summary>
    internal unsafe ulong BootAfter(long silence) => ((TableHeader*)Table.Memory.Bytes)->LastContact + (ulong)silence;

    /// <summary>Holds these flags and no others from now on.</summary>
    internal void Hold(IReadOnlyDictionary<string, FlagDefinition> flags)
    {
        var revision = Table.Revision + 1;
        Table.Reconcile(revision, FlagSet.Restore(revision, flags.Select(flag => new Flag(flag.Key, revision, flag.Value))));
    }

    internal static FlagDefinition Parse(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(problems.IsEmpty, $"{string.Join("; ", problems)}: {json}");
        return definition!;
    }

    /// <summary>The definition as the model reads it.</summary>
    internal static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

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
