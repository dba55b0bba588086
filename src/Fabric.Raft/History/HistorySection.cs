using Fabric.Flags.History;
using Fabric.Flags.State;
using Fabric.Raft.Commands;
using MessagePack;

namespace Fabric.Raft.History;

/// <summary>
/// The history's part of a snapshot: since when, the changes grouped by their sets, and of which flags changes were dropped.
/// A definition that its flag still has stands among the flags already, and is not written twice.
/// </summary>
internal static class HistorySection
{
    private const int MaxSets = 1 << 22;
    private const int MaxChanges = 4096;
    private const int MaxText = 64 * 1024;
    private const int DeleteKind = 0;
    private const int PutKind = 1;
    private const int StillInForceKind = 2;

    public static void Write(ref MessagePackWriter writer, FlagHistory history, FlagSet flags)
    {
        writer.WriteArrayHeader(3);
        writer.Write(history.Since);
        WriteSets(ref writer, history, flags);
        var dropped = history.Dropped().ToArray();
        writer.WriteArrayHeader(dropped.Length);
        foreach (var (key, revision) in dropped)
        {
            writer.WriteArrayHeader(2);
            writer.Write(key);
            writer.Write(revision);
        }
    }

    public static FlagHistory Read(ref MessagePackReader reader, FlagSet flags)
    {
        Wire.ExpectCount(ref reader, 3);
        var since = reader.ReadInt64();
        var changes = ReadSets(ref reader, flags);
        var dropped = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var count = Wire.ReadCount(ref reader, MaxSets); count > 0; count--)
        {
            Wire.ExpectCount(ref reader, 2);
            if (!dropped.TryAdd(Wire.ReadText(ref reader, MaxText), reader.ReadInt64()))
                throw new InvalidDataException("a flag stands twice in its history");
        }

        return FlagHistory.Restore(since, changes, dropped);
    }

    private static void WriteSets(ref MessagePackWriter writer, FlagHistory history, FlagSet flags)
    {
        var sets = history.Changes.GroupBy(static change => change.Revision).ToArray();
        writer.WriteArrayHeader(sets.Length);
        foreach (var set in sets)
        {
            writer.WriteArrayHeader(4);
            writer.Write(set.Key);
            OriginCodec.Write(ref writer, set.First().Origin);
            writer.Write(set.First().Message);
            writer.WriteArrayHeader(set.Count());
            foreach (var change in set)
                Write(ref writer, change, flags);
        }
    }

    private static void Write(ref MessagePackWriter writer, FlagChange change, FlagSet flags)
    {
        var inForce = change.Definition is not null && flags.Flags.GetValueOrDefault(change.Key)?.Revision == change.Revision;
        writer.WriteArrayHeader(4);
        writer.Write(change.Key);
        writer.Write(change.Before);
        writer.Write(inForce ? StillInForceKind : change.Definition is null ? DeleteKind : PutKind);
        if (change.Definition is { } definition && !inForce)
            writer.Write(definition.Span);
        else
            writer.WriteNil();
    }

    private static List<FlagChange> ReadSets(ref MessagePackReader reader, FlagSet flags)
    {
        var changes = new List<FlagChange>();
        var last = 0L;
        for (var count = Wire.ReadCount(ref reader, MaxSets); count > 0; count--)
        {
            Wire.ExpectCount(ref reader, 4);
            var revision = reader.ReadInt64();
            if (revision <= last)
                throw new InvalidDataException("its history is not in order");
            last = revision;
            var origin = OriginCodec.Read(ref reader);
            var message = Wire.ReadOptionalText(ref reader, MaxText);
            var previous = "";
            for (var changed = Wire.ReadCount(ref reader, MaxChanges); changed > 0; changed--)
            {
                var change = ReadChange(ref reader, flags, new FlagChange(revision, "", 0, null, origin, message));
                if (string.CompareOrdinal(previous, change.Key) >= 0)
                    throw new InvalidDataException("a set of its history is not in order");
                previous = change.Key;
                changes.Add(change);
            }
        }

        return changes;
    }

    private static FlagChange ReadChange(ref MessagePackReader reader, FlagSet flags, FlagChange set)
    {
        Wire.ExpectCount(ref reader, 4);
        var key = Wire.ReadText(ref reader, MaxText);
        var before = reader.ReadInt64();
        var kind = reader.ReadInt32();
        ReadOnlyMemory<byte>? definition = reader.TryReadNil() ? (ReadOnlyMemory<byte>?)null : Wire.ReadBytes(ref reader, CommandCodec.MaxBytes);
        definition = (kind, definition) switch
        {
            (DeleteKind, null) => null,
            (PutKind, not null) => definition,
            (StillInForceKind, null) when flags.Flags.GetValueOrDefault(key) is { } flag && flag.Revision == set.Revision => flag.Definition.Json,
            _ => throw new InvalidDataException($"a remembered change of kind {kind} is unknown"),
        };
        return new FlagChange(set.Revision, key, before, definition, set.Origin, set.Message);
    }
}
