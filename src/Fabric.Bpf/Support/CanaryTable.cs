using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Bpf.Support;

/// <summary>
/// The table of a program that serves nobody but the canary: one flag, in an array that is neither pinned nor frozen,
/// and so is written where it is mapped.
/// </summary>
internal sealed unsafe class CanaryTable : ITableMemory
{
    internal const string Flag = "fabric-canary";

    /// <summary>The verifier's words for a write to a register.</summary>
    private const string ContextAccess = "invalid bpf_context access";

    /// <summary>Blocks begin no later than the longest one before the end.</summary>
    private static readonly TableSize Size = new(Capacity: 1, HeapBytes: 2 * Layout.MaxBlockBytes);

    private readonly Mapping _mapping;

    private CanaryTable(Mapping mapping) => _mapping = mapping;

    public string Path => "";

    public TableKind Kind => TableKind.Bpf;

    public byte* Bytes => _mapping.Bytes;

    public long Length => _mapping.Length;

    private static Geometry Measures => new()
    {
        TableBytes = (ulong)Size.TotalBytes,
        HeapOffset = (ulong)Size.HeapOffset,
        HeapBytes = (ulong)Size.HeapBytes,
        SlotMask = (uint)Size.SlotCount - 1,
    };

    /// <summary>Loads the override program with this table.</summary>
    /// <exception cref="BpfRefusedException">The kernel refuses it.</exception>
    internal static OverrideProgram Load(bool mayOverride, ReadOnlySpan<byte> definition = default)
    {
        var program = OverrideProgram.Load(Measures, table: null, mayOverride);
        using var table = new CanaryTable(Mapping.Of(program.Table, Size.TotalBytes, writable: true));
        table.Fill(definition.IsEmpty ? """{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}"""u8 : definition);
        return program;
    }

    /// <summary>
    /// The verifier's word on a program that writes registers and does nothing else; null when it takes that, or refuses it
    /// for another reason.
    /// </summary>
    internal static string? WhyNoRegisterWrites()
    {
        try
        {
            using var program = BpfObject.Load(Programs.Registers, Measures with { MayOverride = 1 });
            return null;
        }
        catch (BpfRefusedException refused)
        {
            return refused.Message.Contains(ContextAccess, StringComparison.Ordinal) ? refused.Message : null;
        }
    }

    public void Carry(StoreList stores) => stores.With((first, count) =>
    {
        for (var i = 0; i < count; i++)
        {
            var to = Bytes + first[i].Offset;
            if (first[i].Kind == StoreKind.Copy)
                Buffer.MemoryCopy((void*)first[i].Value, to, first[i].Length, first[i].Length);
            else
                *(ulong*)to = first[i].Value;
        }
    });

    public void Dispose() => _mapping.Dispose();

    private void Fill(ReadOnlySpan<byte> definition)
    {
        *(TableHeader*)Bytes = new TableOwner(Guid.Empty, Flag, Size.Capacity).Header(Size);
        var writer = new TableWriter(this, new HostFacts(Flag));
        if (writer.Put(new Flag(Flag, 1, DefinitionParser.Parse(definition.ToArray()).Definition!)) != true)
            throw new TableUnusableException("the canary's table has no room for its flag");
        writer.Publish(1);
    }
}
