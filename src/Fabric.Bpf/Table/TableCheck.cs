using Fabric.Flags.State;

namespace Fabric.Bpf.Table;

/// <summary>
/// Looks whether a table's bytes are those that its writer left there. It believes nothing that it reads: a length or a place
/// that is damaged must not lead it, or the node, outside of the table.
/// </summary>
internal sealed unsafe class TableCheck(ITableMemory memory, TableWriter writer, TableOwner owner, long heapBytes)
{
    public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) =>
        WhyHeader(revision) ?? WhySlots(flags) ?? keys.Select(key => WhyFlag(flags, key)).FirstOrDefault(static why => why is not null);

    private string? WhyHeader(long revision)
    {
        var header = (TableHeader*)memory.Bytes;
        if (owner.WhyNot(header, memory.Length) is { } why)
            return why;
        if (header->HeapBytes != (ulong)heapBytes)
            return $"its heap has {header->HeapBytes} bytes, and was made with {heapBytes}";
        return writer.Revision == revision ? null : $"it shows revision {writer.Revision}, and {revision} was written";
    }

    /// <summary>As many slots are in use as there are flags, and no search ends before it should.</summary>
    private string? WhySlots(FlagSet flags)
    {
        var shown = 0;
        for (var slot = 0; slot < writer.Header->SlotCount; slot++)
        {
            if (writer.Tag(slot) == 0)
                continue;
            if ((writer.Sequence(slot) & 1) != 0)
                return $"slot {slot} looks as if it was being written";
            if (writer.Visible(slot) is { } version && writer.Body(slot, version)->State != 0)
                shown++;
        }

        if (shown != flags.Flags.Count)
            return $"readers find {shown} flags, and there are {flags.Flags.Count}";
        return writer.Dead.Any(slot => writer.Tag(slot) == 0) ? "a chain of slots is broken" : null;
    }

    private string? WhyFlag(FlagSet flags, string key)
    {
        if (!flags.Flags.TryGetValue(key, out var flag))
            return null;
        if (!writer.TryFind(key, out var slot) || !IsNamed(slot, key) || writer.Visible(slot) is not { } version)
            return $"readers do not find \"{key}\"";
        var body = *writer.Body(slot, version);
        // What an earlier process wrote by what it had attached stands until it is known what is.
        if (writer.Builds is null && !flag.Definition.RequiresBuild.IsEmpty)
            return body.Revision == (ulong)flag.Revision ? null : $"\"{key}\" has revision {body.Revision}";
        if ((ulong)body.BlockOffset + body.BlockBytes > (ulong)heapBytes)
            return $"\"{key}\" lies outside of the heap";
        return writer.RecordOf(flag).Says(body, writer.Block(slot, version)) ? null : $"\"{key}\" does not say what the log says";
    }

    private bool IsNamed(int slot, string key)
    {
        Span<byte> name = stackalloc byte[Layout.NameBytes];
        name.Clear();
        var length = System.Text.Encoding.UTF8.GetBytes(key, name);
        return writer.Tag(slot) == NameHash.Tag(NameHash.Of(name, length))
            && new ReadOnlySpan<byte>(memory.Bytes + Layout.SlotOffset(slot) + Layout.SlotName, Layout.NameBytes).SequenceEqual(name);
    }
}
