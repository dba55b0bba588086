using Fabric.Flags.Compilation;

namespace Fabric.Bpf.Table;

/// <summary>Whose table it is. A table of another fabric or another node is replaced and never read.</summary>
/// <param name="Fabric">The fabric's id.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Capacity">Flags that the fabric holds at most.</param>
public sealed record TableOwner(Guid Fabric, string Node, int Capacity)
{
    /// <summary>What rules can ask of the host; folded into the table.</summary>
    public HostFacts Facts { get; init; } = new(Node);

    /// <summary>Whose a table is, by what it says of itself.</summary>
    internal static unsafe TableOwner Of(TableHeader* header)
    {
        var node = new ReadOnlySpan<byte>(header->Node, Layout.NodeBytes);
        return new TableOwner(
            new Guid(new ReadOnlySpan<byte>(header->FabricId, 16)), System.Text.Encoding.UTF8.GetString(node[..node.IndexOf((byte)0)]), (int)header->Capacity);
    }

    internal unsafe TableHeader Header(TableSize size)
    {
        var header = new TableHeader
        {
            Magic = Layout.Magic,
            Layout = Layout.Version,
            SlotCount = (uint)size.SlotCount,
            Capacity = (uint)size.Capacity,
            HeapOffset = (ulong)size.HeapOffset,
            HeapBytes = (ulong)size.HeapBytes,
        };
        Fabric.TryWriteBytes(new Span<byte>(header.FabricId, 16));
        NodeBytes().CopyTo(new Span<byte>(header.Node, 64));
        return header;
    }

    /// <summary>Why a table that was found cannot be gone on with; null when it can.</summary>
    internal unsafe string? WhyNot(TableHeader* header, long bytes)
    {
        if (bytes < Layout.HeaderBytes || header->Magic != Layout.Magic)
            return "it is not a flag table";
        if (header->Layout != Layout.Version)
            return $"its layout is {header->Layout}, and this program writes {Layout.Version}";
        if (header->Retired != 0)
            return "it is retired";
        if (header->Capacity != Capacity || header->SlotCount != new TableSize(Capacity, 0).SlotCount)
            return "it has another capacity";
        if (header->HeapOffset != (ulong)Layout.SlotOffset((int)header->SlotCount) || header->HeapOffset + header->HeapBytes > (ulong)bytes
            || header->HeapBytes < Layout.MaxBlockBytes)
            return "its measures contradict each other";
        if (new Guid(new ReadOnlySpan<byte>(header->FabricId, 16)) != Fabric)
            return "it belongs to another fabric";
        return new ReadOnlySpan<byte>(header->Node, 64).SequenceEqual(NodeBytes()) ? null : "it belongs to another node";
    }

    /// <summary>The node's name as headers have it.</summary>
    internal byte[] NodeBytes()
    {
        var bytes = new byte[64];
        var name = System.Text.Encoding.UTF8.GetBytes(Node);
        name.AsSpan(0, Math.Min(name.Length, bytes.Length - 1)).CopyTo(bytes);
        return bytes;
    }
}
