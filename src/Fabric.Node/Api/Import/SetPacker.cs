using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Documents;

namespace Fabric.Node.Api.Import;

/// <summary>
/// Divides the flags of a file into change sets that the log takes. It looks at nothing but the file, so that a second
/// attempt divides alike. Flags that need each other stay in one set where they fit; where they do not, those that are
/// needed come first.
/// </summary>
internal static class SetPacker
{
    /// <summary>The sound flags, set by set.</summary>
    public static IReadOnlyList<IReadOnlyList<DocumentFlag>> Pack(IReadOnlyList<DocumentFlag> flags, string? message)
    {
        var sets = new List<List<DocumentFlag>>();
        var room = new Room(message);
        foreach (var group in Groups([.. flags.Where(static flag => flag.Definition is not null)]))
        {
            var fitsAlone = new Room(message).TakesAll(group);
            if (sets.Count == 0 || (fitsAlone && !room.Copy().TakesAll(group)))
            {
                sets.Add([]);
                room = new Room(message);
            }

            foreach (var flag in group)
            {
                if (!room.Takes(flag))
                {
                    sets.Add([]);
                    room = new Room(message);
                    room.Takes(flag);
                }

                sets[^1].Add(flag);
            }
        }

        return sets;
    }

    /// <summary>Flags that are connected by what they need, each group ordered so that nobody comes before whom it needs.</summary>
    private static IEnumerable<DocumentFlag[]> Groups(DocumentFlag[] flags)
    {
        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < flags.Length; i++)
            indices.Add(flags[i].Key, i);
        var needs = flags.Select(flag => flag.Definition!.Prerequisites
            .Where(needed => indices.ContainsKey(needed.Flag)).Select(needed => indices[needed.Flag]).ToArray()).ToArray();
        var (roots, levels) = (Roots(needs), Levels(needs));
        return Enumerable.Range(0, flags.Length).GroupBy(index => roots[index])
            .Select(group => group.OrderBy(index => levels[index]).Select(index => flags[index]).ToArray());
    }

    /// <summary>For each flag, the one that stands for all that are connected with it.</summary>
    private static int[] Roots(int[][] needs)
    {
        var parents = Enumerable.Range(0, needs.Length).ToArray();
        for (var i = 0; i < needs.Length; i++)
        {
            foreach (var needed in needs[i])
            {
                var (one, other) = (Find(parents, i), Find(parents, needed));
                parents[Math.Max(one, other)] = Math.Min(one, other);
            }
        }

        return [.. Enumerable.Range(0, needs.Length).Select(index => Find(parents, index))];
    }

    private static int Find(int[] parents, int index)
    {
        while (parents[index] != index)
            index = parents[index] = parents[parents[index]];
        return index;
    }

    /// <summary>How far below each flag the deepest one lies that it needs. A deeper fabric than the limit is refused anyway.</summary>
    private static int[] Levels(int[][] needs)
    {
        var levels = new int[needs.Length];
        for (var round = 0; round <= Limits.PrerequisiteDepth; round++)
        {
            for (var i = 0; i < needs.Length; i++)
                levels[i] = Math.Max(levels[i], needs[i].Select(needed => 1 + levels[needed]).DefaultIfEmpty().Max());
        }

        return levels;
    }

    /// <summary>What a change set can still take.</summary>
    private sealed class Room(string? message)
    {
        private int _changes = Limits.ChangesPerSet;
        private long _bytes = Limits.EntryBytes - WriteDesk.BytesOf(message);

        public Room Copy() => (Room)MemberwiseClone();

        public bool TakesAll(DocumentFlag[] flags) => Array.TrueForAll(flags, Takes);

        public bool Takes(DocumentFlag flag)
        {
            var bytes = WriteDesk.BytesOf(new Change.Put(flag.Key, flag.Definition!));
            if (_changes == 0 || bytes > _bytes)
                return false;
            _changes--;
            _bytes -= bytes;
            return true;
        }
    }
}
