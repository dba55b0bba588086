using System.Collections.Immutable;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using MessagePack;

namespace Fabric.Raft.Commands;

/// <summary>
/// Attachments as bytes, in entries and in snapshots. They are read without the limits of today: an entry that was
/// accepted when it was written must not stop this host.
/// </summary>
internal static class AttachmentWire
{
    /// <summary>Kinds of a change, beside those of flags.</summary>
    public const int PutKind = 3;

    public const int WithdrawKind = 4;

    private const int MaxText = 64 * 1024;
    private const int MaxBuildIds = 4096;
    private const int MaxAttachments = 1 << 20;

    /// <summary>Writes a change in the shape that changes of flags have: a kind, what it is about, a condition, and what is put.</summary>
    public static void Write(ref MessagePackWriter writer, AttachmentChange change)
    {
        var put = change as AttachmentChange.Put;
        writer.WriteArrayHeader(put is null ? 3 : 4);
        writer.Write(put is null ? WithdrawKind : PutKind);
        writer.Write(put is null ? change.Id : put.Request.Exe);
        Wire.Write(ref writer, change.IfRevision);
        if (put is not null)
            WriteRest(ref writer, put.Request);
    }

    /// <summary>Reads what stands behind a put's path and condition.</summary>
    public static AttachmentChange.Put ReadPut(ref MessagePackReader reader, string exe, long? ifRevision) => new(ReadRest(ref reader, exe), ifRevision);

    /// <summary>All attachments, in the order of their ids.</summary>
    public static void Write(ref MessagePackWriter writer, AttachmentSet attachments)
    {
        writer.WriteArrayHeader(attachments.ById.Count);
        foreach (var wanted in attachments.ById.Values)
        {
            writer.WriteArrayHeader(3);
            writer.Write(wanted.Request.Exe);
            writer.Write(wanted.Revision);
            WriteRest(ref writer, wanted.Request);
        }
    }

    public static AttachmentSet ReadSet(ref MessagePackReader reader)
    {
        var count = Wire.ReadCount(ref reader, MaxAttachments);
        var read = new List<WantedAttachment>();
        for (var i = 0; i < count; i++)
        {
            Wire.ExpectCount(ref reader, 3);
            var exe = Wire.ReadText(ref reader, MaxText);
            var revision = reader.ReadInt64();
            read.Add(new WantedAttachment(ReadRest(ref reader, exe), revision));
            if (i > 0 && string.CompareOrdinal(read[i - 1].Request.Id, read[i].Request.Id) >= 0)
                throw new InvalidDataException("its attachments are not in order");
        }

        return AttachmentSet.Restore(read);
    }

    private static void WriteRest(ref MessagePackWriter writer, AttachmentRequest request)
    {
        writer.WriteArrayHeader(4);
        writer.Write(request.Symbol);
        writer.Write((int)request.Abi);
        writer.Write((int)request.Signature);
        writer.WriteArrayHeader(request.BuildIds.Length);
        foreach (var id in request.BuildIds)
            writer.Write(id);
    }

    private static AttachmentRequest ReadRest(ref MessagePackReader reader, string exe)
    {
        Wire.ExpectCount(ref reader, 4);
        var symbol = Wire.ReadText(ref reader, MaxText);
        var (abi, signature) = ((AttachmentAbi)reader.ReadInt32(), (AttachmentSignature)reader.ReadInt32());
        if (!Enum.IsDefined(abi) || !Enum.IsDefined(signature))
            throw new InvalidDataException($"a calling convention {(int)abi} or a signature {(int)signature} is unknown");
        var count = Wire.ReadCount(ref reader, MaxBuildIds);
        var ids = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < count; i++)
            ids.Add(Wire.ReadText(ref reader, MaxText));
        return new AttachmentRequest(exe, symbol, abi, signature) { BuildIds = ids.ToImmutable() };
    }
}
