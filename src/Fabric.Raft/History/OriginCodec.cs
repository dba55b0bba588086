using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using MessagePack;

namespace Fabric.Raft.History;

/// <summary>Who made a change set, in its entry and in snapshots: nil, or time, node, address and actor.</summary>
internal static class OriginCodec
{
    // Generous: what is in the log was judged before, and the entry bounds all of it.
    private const int MaxText = 64 * 1024;

    public static void Write(ref MessagePackWriter writer, Origin? origin)
    {
        if (origin is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(4);
        writer.Write(origin.At);
        writer.Write(origin.Node);
        writer.Write(origin.Address);
        writer.Write(origin.Actor);
    }

    public static Origin? Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        Wire.ExpectCount(ref reader, 4);
        return new Origin(
            reader.ReadInt64(), Wire.ReadText(ref reader, MaxText), Wire.ReadOptionalText(ref reader, MaxText), Wire.ReadOptionalText(ref reader, MaxText));
    }
}
