using System.Runtime.InteropServices;
using System.Text;

namespace Fabric.Bpf.Usage;

/// <summary>
/// Reads a sheet out of bytes that some process wrote, sound or not: nothing in them leads outside of them, and what makes
/// no sense is left out. The process may be writing while they were read; each counter is of some moment.
/// </summary>
internal static unsafe class UsageSheet
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether these are the first bytes of a sheet that is complete.</summary>
    internal static bool IsSheet(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= UsageHeader.HeaderBytes && MemoryMarshal.Read<UsageHeader>(bytes) is { Magic: UsageHeader.SheetMagic, Layout: UsageHeader.Version };

    /// <summary>Whether it is counted of this table; of a header that <see cref="IsSheet"/>.</summary>
    internal static bool IsOf(ReadOnlySpan<byte> bytes, Guid fabric, ReadOnlySpan<byte> node)
    {
        var header = MemoryMarshal.Read<UsageHeader>(bytes);
        return new Guid(new ReadOnlySpan<byte>(header.FabricId, 16)) == fabric && new ReadOnlySpan<byte>(header.Node, 64).SequenceEqual(node);
    }

    /// <summary>What it says.</summary>
    internal static (IReadOnlyList<UsageRow> Rows, long Beyond) Read(ReadOnlySpan<byte> bytes)
    {
        var header = MemoryMarshal.Read<UsageHeader>(bytes);
        var exe = header.ExeBytes is > 0 and <= UsageHeader.MaxExeBytes ? Text(new ReadOnlySpan<byte>(header.Exe, (int)header.ExeBytes)) : null;
        var rows = MemoryMarshal.Cast<byte, SheetRow>(bytes[UsageHeader.HeaderBytes..]);
        var read = new List<UsageRow>();
        foreach (ref readonly var row in rows[..(int)Math.Min((uint)rows.Length, (uint)header.Taken)])
        {
            if (row.Whole == 1 && ReadRow(bytes, in row, exe) is { } sound)
                read.Add(sound);
        }

        return (read, Count(header.Beyond));
    }

    /// <summary>A text without its padding; null where it is none.</summary>
    internal static string? Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        try
        {
            return Strict.GetString(end < 0 ? bytes : bytes[..end]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A process may claim any number; sums of many such must stay numbers.</summary>
    internal static long Count(ulong claimed) => (long)Math.Min(claimed, 1UL << 53);

    private static UsageRow? ReadRow(ReadOnlySpan<byte> bytes, in SheetRow row, string? exe)
    {
        var counts = new long[SheetRow.Counters];
        fixed (SheetRow* at = &row)
        {
            if (Text(new ReadOnlySpan<byte>(at->Name, SheetRow.NameBytes)) is not { Length: < SheetRow.NameBytes } name || row.Group > byte.MaxValue / SheetRow.Counters)
                return null;
            for (var share = 0; share < SheetRow.Shares; share++)
                Add(bytes, at->Lines[share], counts);
            return Array.TrueForAll(counts, static count => count == 0)
                ? null
                : new UsageRow(UsageDoor.Shared, exe, name, row.Variants, row.Group * SheetRow.Counters, UnixTime(row.FirstNs), counts);
        }
    }

    private static void Add(ReadOnlySpan<byte> bytes, ushort line, long[] counts)
    {
        var at = bytes.Length - line * SheetRow.LineBytes;
        if (line == 0 || at < UsageHeader.HeaderBytes)
            return;
        var counters = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(at, SheetRow.LineBytes));
        for (var i = 0; i < counts.Length; i++)
            counts[i] = Math.Min(counts[i] + Count(counters[i]), 1L << 53);
    }

    private static DateTimeOffset UnixTime(ulong nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)(Math.Min(nanoseconds, (ulong)long.MaxValue) / 100));
}
