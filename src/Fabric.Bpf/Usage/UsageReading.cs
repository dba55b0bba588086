namespace Fabric.Bpf.Usage;

/// <summary>The way by which a program asks.</summary>
public enum UsageDoor
{
    /// <summary>The kernel answers in the place of a function; the kernel counts.</summary>
    Override,

    /// <summary>The library answers in the process; the process itself says how often.</summary>
    Shared,

    /// <summary>The node answers over HTTP, and counts.</summary>
    Remote,
}

/// <summary>How often one executable asked for one name, as far as one list of variants goes.</summary>
/// <param name="Door">By which way it asked.</param>
/// <param name="Exe">The executable's path, as the process has it; null where it is not known.</param>
/// <param name="Name">The flag's name; empty for the others, names that nobody counts by themselves.</param>
/// <param name="Variants"><see cref="VariantList.Of"/>; 0 where the table did not know the name.</param>
/// <param name="FirstCounter">The first counter of <paramref name="Counts"/>: 0 is the caller's own default, then the variants in their order.</param>
/// <param name="First">When the first of these calls came.</param>
/// <param name="Counts">Calls so far.</param>
public sealed record UsageRow(UsageDoor Door, string? Exe, string Name, uint Variants, int FirstCounter, DateTimeOffset First, IReadOnlyList<long> Counts);

/// <summary>What one process and its forks have counted.</summary>
/// <param name="Id">Names the sheet on this host; no other sheet ever has the name.</param>
/// <param name="Ended">No process has it any more: nothing is added to it.</param>
/// <param name="User">Whose process.</param>
/// <param name="Rows">What it says.</param>
/// <param name="Beyond">Calls for which it had no room.</param>
public sealed record SheetReading(string Id, bool Ended, uint User, IReadOnlyList<UsageRow> Rows, long Beyond);

/// <summary>What the kernel has counted.</summary>
/// <param name="Epoch">Another one has begun at 0.</param>
/// <param name="Rows">What it says.</param>
/// <param name="Beyond">Calls for which it had no room.</param>
/// <param name="OutOfMemory">Calls that kept their program's own default, since there was no memory to evaluate a rule in.</param>
public sealed record KernelReading(string Epoch, IReadOnlyList<UsageRow> Rows, long Beyond, long OutOfMemory = 0);

/// <summary>All that is counted on a host and that its node has not taken over.</summary>
/// <param name="Sheets">Those of this node's table.</param>
/// <param name="Kernel">Null where the kernel counts nothing.</param>
/// <param name="Unread">Files that are no sheets of a sound kind, that may not be read, or that are too many.</param>
/// <param name="SheetsOutliveBoot">The sheets are on a disk, and are still there after the host has started anew.</param>
public sealed record UsageReading(IReadOnlyList<SheetReading> Sheets, KernelReading? Kernel, int Unread, bool SheetsOutliveBoot)
{
    /// <summary>Nothing is counted.</summary>
    public static UsageReading Nothing { get; } = new([], null, 0, SheetsOutliveBoot: false);
}

/// <summary>What a host's programs and its kernel have counted of one table. One thread at a time.</summary>
public interface IHostUsage
{
    /// <summary>Tells a start of the host from any other.</summary>
    string Boot { get; }

    /// <summary>Everything as it is now. What cannot be read is left out, and counted as such.</summary>
    UsageReading Read();

    /// <summary>Takes a sheet away that has ended; nothing where it is gone already.</summary>
    void Discard(string sheet);
}
