using System.Buffers;
using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Raft.History;
using MessagePack;

namespace Fabric.Raft.Commands;

/// <summary>
/// Entries of the log as bytes: one version byte, then MessagePack. Written by hand, since what is in the log must mean the
/// same for ever, whatever becomes of the types in memory.
/// </summary>
internal static class CommandCodec
{
    /// <summary>The version that is written; version 1, whose change sets do not say who made them, is read as well. An entry of another one stops the process: skipping it would be divergence.</summary>
    public const byte Version = 2;

    private const byte WithoutOrigin = 1;

    /// <summary>Bytes of an entry that decoding looks at; far above what is ever proposed.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int BootstrapKind = 1;
    private const int ChangeKind = 2;
    private const int PutKind = 1;
    private const int DeleteKind = 2;
    private const int MaxChanges = 4096;
    private const int MaxText = 64 * 1024;

    public static byte[] Encode(Command command)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.GetSpan(1)[0] = Version;
        buffer.Advance(1);
        var writer = new MessagePackWriter(buffer);
        switch (command)
        {
            case Command.Bootstrap bootstrap:
                Write(ref writer, bootstrap);
                break;
            case Command.Change change:
                Write(ref writer, change.Changes);
                break;
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads any bytes at all. What they are not good for is a value, never an exception.</summary>
    public static Decoded Decode(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
            return new Decoded.Undecodable("it is empty");
        if (bytes.Length > MaxBytes)
            return new Decoded.Undecodable($"it has {bytes.Length} bytes, and {MaxBytes} is the most an entry can have");
        var version = bytes.FirstSpan[0];
        if (version is not (Version or WithoutOrigin))
            return new Decoded.Undecodable($"it is of version {version}, and this build reads versions {WithoutOrigin} to {Version}; a newer build may have written it");

        try
        {
            var reader = new MessagePackReader(bytes.Slice(1));
            var command = Read(ref reader, version);
            Wire.ExpectEnd(ref reader);
            return new Decoded.Entry(command);
        }
        catch (Exception bad) when (Wire.IsBadInput(bad))
        {
            return new Decoded.Undecodable(bad.Message);
        }
    }

    private static void Write(ref MessagePackWriter writer, Command.Bootstrap bootstrap)
    {
        writer.WriteArrayHeader(4);
        writer.Write(BootstrapKind);
        Wire.Write(ref writer, bootstrap.Identity.Id);
        writer.Write(bootstrap.Identity.Capacity);
        writer.Write(bootstrap.OperationsRemembered);
    }

    private static void Write(ref MessagePackWriter writer, ChangeSet set)
    {
        writer.WriteArrayHeader(5);
        writer.Write(ChangeKind);
        Wire.Write(ref writer, set.OperationId);
        writer.Write(set.Message);
        writer.WriteArrayHeader(set.Changes.Length + set.Attachments.Length + set.Hosts.Length);
        foreach (var change in set.Changes)
        {
            var put = change as Change.Put;
            writer.WriteArrayHeader(put is null ? 3 : 4);
            writer.Write(put is null ? DeleteKind : PutKind);
            writer.Write(change.Key);
            Wire.Write(ref writer, change.IfRevision);
            if (put is not null)
                writer.Write(put.Definition.Json.Span);
        }

        foreach (var attachment in set.Attachments)
            AttachmentWire.Write(ref writer, attachment);
        foreach (var host in set.Hosts)
            HostWire.Write(ref writer, host);
        OriginCodec.Write(ref writer, set.Origin);
    }

    private static Command Read(ref MessagePackReader reader, byte version)
    {
        var elements = Wire.ReadCount(ref reader, 5);
        var kind = reader.ReadInt32();
        return (kind, elements) switch
        {
            (BootstrapKind, 4) => ReadBootstrap(ref reader),
            (ChangeKind, 4) when version == WithoutOrigin => new Command.Change(ReadChangeSet(ref reader)),
            (ChangeKind, 5) when version == Version => new Command.Change(ReadChangeSet(ref reader) with { Origin = OriginCodec.Read(ref reader) }),
            (BootstrapKind or ChangeKind, _) => throw new InvalidDataException($"an entry of kind {kind} has not {elements} elements"),
            _ => throw new InvalidDataException($"its kind is {kind}, which this build does not know"),
        };
    }

    private static Command.Bootstrap ReadBootstrap(ref MessagePackReader reader)
    {
        var identity = new FabricIdentity(Wire.ReadGuid(ref reader), reader.ReadInt32());
        var remembered = reader.ReadInt32();
        return identity.Capacity > 0 && remembered > 0
            ? new Command.Bootstrap(identity, remembered)
            : throw new InvalidDataException($"a fabric cannot hold {identity.Capacity} flags and remember {remembered} operations");
    }

    private static ChangeSet ReadChangeSet(ref MessagePackReader reader)
    {
        var operation = Wire.ReadGuid(ref reader);
        var message = Wire.ReadOptionalText(ref reader, MaxText);
        var count = Wire.ReadCount(ref reader, MaxChanges);
        var changes = ImmutableArray.CreateBuilder<Change>();
        var attachments = ImmutableArray.CreateBuilder<AttachmentChange>();
        var hosts = ImmutableArray.CreateBuilder<HostChange>();
        for (var i = 0; i < count; i++)
            ReadChange(ref reader, changes, attachments, hosts);
        return new ChangeSet(operation, changes.ToImmutable(), message) { Attachments = attachments.ToImmutable(), Hosts = hosts.ToImmutable() };
    }

    private static void ReadChange(
        ref MessagePackReader reader, ImmutableArray<Change>.Builder changes, ImmutableArray<AttachmentChange>.Builder attachments,
        ImmutableArray<HostChange>.Builder hosts)
    {
        var elements = Wire.ReadCount(ref reader, 4);
        var kind = reader.ReadInt32();
        var key = Wire.ReadText(ref reader, MaxText);
        var revision = Wire.ReadOptionalInt64(ref reader);
        switch (kind, elements)
        {
            case (PutKind, 4):
                changes.Add(new Change.Put(key, StoredDefinition.Read(Wire.ReadBytes(ref reader, MaxBytes)), revision));
                break;
            case (DeleteKind, 3):
                changes.Add(new Change.Delete(key, revision));
                break;
            case (AttachmentWire.PutKind, 4):
                attachments.Add(AttachmentWire.ReadPut(ref reader, key, revision));
                break;
            case (AttachmentWire.WithdrawKind, 3):
                attachments.Add(new AttachmentChange.Withdraw(key, revision));
                break;
            case (>= HostWire.EnterKind and <= HostWire.SeatKind, _):
                hosts.Add(HostWire.Read(ref reader, kind, elements, key));
                break;
            default:
                throw new InvalidDataException($"a change of kind {kind} with {elements} elements is unknown");
        }
    }
}
