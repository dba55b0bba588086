using System.Buffers;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Flags.History;
using Fabric.Flags.Hosts;
using Fabric.Flags.State;
using Fabric.Raft.Commands;
using Fabric.Raft.History;
using Fabric.Raft.StateMachine;
using MessagePack;

namespace Fabric.Raft.Snapshots;

/// <summary>The state inside a snapshot: MessagePack, written by hand for the same reason as the log's entries.</summary>
internal static class SnapshotBody
{
    private const int MaxFlags = 1 << 22;
    private const int MaxOperations = 1 << 22;
    private const int MaxText = 64 * 1024;
    private const int AppliedKind = 0;
    private const int ConflictKind = 1;
    private const int NotFoundKind = 2;
    private const int FullKind = 3;
    private const int RefusedKind = 4;

    /// <summary>Between a refused flag's key, which has no control characters, and the reason.</summary>
    private const char Separator = '\n';

    public static ReadOnlySpan<byte> Write(MachineState state)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024 + (int)Math.Min(state.Fabric.Flags.DefinitionBytes + state.Fabric.History.Bytes, int.MaxValue / 4));
        var writer = new MessagePackWriter(buffer);
        // Without a list of hosts it is what older builds write and read.
        writer.WriteArrayHeader(state.Fabric.Roster.IsEmpty ? 8 : 9);
        Write(ref writer, state.Fabric.Identity);
        writer.Write(state.Fabric.Digest);
        writer.Write(state.Fabric.Flags.Revision);
        WriteFlags(ref writer, state.Fabric.Flags);
        writer.Write(state.Ledger.Capacity);
        WriteLedger(ref writer, state.Ledger);
        HistorySection.Write(ref writer, state.Fabric.History, state.Fabric.Flags);
        AttachmentWire.Write(ref writer, state.Fabric.Attachments);
        if (!state.Fabric.Roster.IsEmpty)
            HostWire.Write(ref writer, state.Fabric.Roster);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    public static SnapshotRead Read(ReadOnlySequence<byte> body, uint version, long index, long term)
    {
        try
        {
            var reader = new MessagePackReader(body);
            var state = Read(ref reader, version, index, term);
            Wire.ExpectEnd(ref reader);
            return new SnapshotRead.Good(state);
        }
        catch (Exception bad) when (Wire.IsBadInput(bad))
        {
            return new SnapshotRead.Bad(bad.Message);
        }
    }

    private static MachineState Read(ref MessagePackReader reader, uint version, long index, long term)
    {
        var elements = Wire.ReadCount(ref reader, 9);
        if (version == SnapshotFormat.WithoutHistory ? elements != 6 : elements < 8)
            throw new InvalidDataException($"{elements} elements do not belong to version {version}");
        var identity = ReadIdentity(ref reader);
        var digest = reader.ReadUInt64();
        var revision = reader.ReadInt64();
        var flags = FlagSet.Restore(revision, ReadFlags(ref reader));
        var remembered = reader.ReadInt32();
        if (index <= 0 || revision > index || remembered <= 0)
            throw new InvalidDataException($"index {index}, revision {revision} and a ledger of {remembered} cannot be together");

        var ledger = Ledger.Restore(remembered, ReadLedger(ref reader));
        var old = version == SnapshotFormat.WithoutHistory;
        var history = old ? FlagHistory.Begin(revision) : HistorySection.Read(ref reader, flags);
        var attachments = old ? AttachmentSet.Empty : AttachmentWire.ReadSet(ref reader);
        var roster = elements == 9 ? HostWire.ReadRoster(ref reader) : HostRoster.Empty;
        return new MachineState(new FabricState(identity, flags, index, digest) { History = history, Attachments = attachments, Roster = roster }, term, ledger);
    }

    private static void Write(ref MessagePackWriter writer, FabricIdentity? identity)
    {
        if (identity is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        Wire.Write(ref writer, identity.Id);
        writer.Write(identity.Capacity);
    }

    private static FabricIdentity? ReadIdentity(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        Wire.ExpectCount(ref reader, 2);
        return new FabricIdentity(Wire.ReadGuid(ref reader), reader.ReadInt32());
    }

    private static void WriteFlags(ref MessagePackWriter writer, FlagSet flags)
    {
        writer.WriteArrayHeader(flags.Flags.Count);
        foreach (var flag in flags.Flags.Values)
        {
            writer.WriteArrayHeader(3);
            writer.Write(flag.Key);
            writer.Write(flag.Revision);
            writer.Write(flag.Definition.Json.Span);
        }
    }

    private static List<Flag> ReadFlags(ref MessagePackReader reader)
    {
        var count = Wire.ReadCount(ref reader, MaxFlags);
        var flags = new List<Flag>();
        var previous = "";
        for (var i = 0; i < count; i++)
        {
            Wire.ExpectCount(ref reader, 3);
            var key = Wire.ReadText(ref reader, MaxText);
            if (i > 0 && string.CompareOrdinal(previous, key) >= 0)
                throw new InvalidDataException("its flags are not in order");
            flags.Add(new Flag(key, reader.ReadInt64(), StoredDefinition.Read(Wire.ReadBytes(ref reader, CommandCodec.MaxBytes))));
            previous = key;
        }

        return flags;
    }

    private static void WriteLedger(ref MessagePackWriter writer, Ledger ledger)
    {
        writer.WriteArrayHeader(ledger.Count);
        foreach (var operation in ledger.Operations)
        {
            writer.WriteArrayHeader(4);
            Wire.Write(ref writer, operation.OperationId);
            var (kind, text, number) = operation.Outcome switch
            {
                ChangeOutcome.Applied applied => (AppliedKind, null, applied.Revision),
                ChangeOutcome.Conflict conflict => (ConflictKind, conflict.Key, conflict.ActualRevision),
                ChangeOutcome.NotFound missing => (NotFoundKind, missing.Key, 0),
                ChangeOutcome.Full full => (FullKind, (string?)full.Reason, 0L),
                ChangeOutcome.Refused refused => (RefusedKind, $"{refused.Key}{Separator}{refused.Reason}", 0),
                _ => throw new InvalidOperationException($"No rule writes a {operation.Outcome.GetType().Name}."),
            };
            writer.Write(kind);
            writer.Write(text);
            writer.Write(number);
        }
    }

    private static List<Remembered> ReadLedger(ref MessagePackReader reader)
    {
        var count = Wire.ReadCount(ref reader, MaxOperations);
        var operations = new List<Remembered>();
        var seen = new HashSet<Guid>();
        for (var i = 0; i < count; i++)
        {
            Wire.ExpectCount(ref reader, 4);
            var id = Wire.ReadGuid(ref reader);
            if (!seen.Add(id))
                throw new InvalidDataException("an operation stands in its ledger twice");
            operations.Add(new Remembered(id, ReadOutcome(ref reader)));
        }

        return operations;
    }

    private static ChangeOutcome ReadOutcome(ref MessagePackReader reader)
    {
        var kind = reader.ReadInt32();
        var text = Wire.ReadOptionalText(ref reader, MaxText);
        var number = reader.ReadInt64();
        return (kind, text) switch
        {
            (AppliedKind, _) => new ChangeOutcome.Applied(number),
            (ConflictKind, not null) => new ChangeOutcome.Conflict(text, number),
            (NotFoundKind, not null) => new ChangeOutcome.NotFound(text),
            (FullKind, not null) => new ChangeOutcome.Full(text),
            (RefusedKind, not null) when text.Split(Separator, 2) is [var key, var reason] => new ChangeOutcome.Refused(key, reason),
            _ => throw new InvalidDataException($"an outcome of kind {kind} is unknown"),
        };
    }
}
