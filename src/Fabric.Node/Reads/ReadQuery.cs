using System.Globalization;
using Fabric.Flags;

namespace Fabric.Node.Reads;

/// <summary>How fresh an answer must be.</summary>
/// <param name="Linearizable">It must have seen every write that was answered before the read began, at whatever node.</param>
/// <param name="MinRevision">It must have seen this log index.</param>
internal readonly record struct ReadQuery(bool Linearizable, long MinRevision)
{
    public static ReadQuery Parse(string? consistency, string? minRevision, ICollection<Problem> problems)
    {
        if (consistency is not (null or "linearizable" or "local"))
            problems.Add(new Problem("?consistency", "must be linearizable or local"));
        var least = 0L;
        if (minRevision is not null && !long.TryParse(minRevision, NumberStyles.None, CultureInfo.InvariantCulture, out least))
            problems.Add(new Problem("?minRevision", "must be a revision: a whole number"));
        return new ReadQuery(consistency != "local", least);
    }
}
