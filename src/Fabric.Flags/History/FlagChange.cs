using System.Text;
using Fabric.Flags.Changes;

namespace Fabric.Flags.History;

/// <summary>One change of one flag as it is remembered.</summary>
/// <param name="Revision">The change set that it was part of.</param>
/// <param name="Key">The flag.</param>
/// <param name="Before">The revision that the flag had before; 0 where it did not exist.</param>
/// <param name="Definition">What the flag said from then on, as it stood in the log; null where the change deleted it.</param>
/// <param name="Origin">Who, when and from where; null for changes of logs that did not keep it yet.</param>
/// <param name="Message">Why, in the words of whoever made it.</param>
public sealed record FlagChange(long Revision, string Key, long Before, ReadOnlyMemory<byte>? Definition, Origin? Origin, string? Message)
{
    // What a change costs in memory beside its texts: the object and its places in two trees, rounded up.
    private const int Overhead = 256;

    /// <summary>What it counts for against <see cref="Limits.HistoryBytes"/>.</summary>
    public int Bytes { get; } = Overhead + (Definition?.Length ?? 0) + Encoding.UTF8.GetByteCount(Message ?? "");
}

/// <summary>Changes in the order of the log; those of one set by key, since no key is in it twice.</summary>
internal sealed class LogOrder : IComparer<FlagChange>
{
    public static LogOrder Instance { get; } = new();

    public int Compare(FlagChange? x, FlagChange? y)
    {
        var byRevision = x!.Revision.CompareTo(y!.Revision);
        return byRevision != 0 ? byRevision : string.CompareOrdinal(x.Key, y.Key);
    }
}
