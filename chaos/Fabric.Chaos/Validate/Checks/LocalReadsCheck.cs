using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>A local read sees exactly a state of the log, which at one host never goes back while its process lives.</summary>
internal sealed class LocalReadsCheck : Checker
{
    public override string Name => "local-reads";

    public override string Things => "local reads";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var reads = recorded.Reads(local: true).ToList();
        tally.Add(reads.Count);
        foreach (var life in reads.GroupBy(read => (read.Host, Life: read.Host is null ? null : recorded.Lives.During(read.Host, read.Began, read.Ended))))
        {
            // Where the life cannot be told, another may have begun in between.
            var seen = new Timeline(life.Key.Life is null ? [] : life.Select(static read => (read.Ended, read.At ?? (read.Value is null ? 0 : read.Revision ?? 0))));
            foreach (var read in life)
            {
                var before = seen.HighestBefore(read.Began);
                var (atLeast, because) = before >= read.MinRevision ? (before, "this host had come to") : (read.MinRevision, "it asked for");
                if (Answer.WhatIsWrong(recorded, read, atLeast, because) is { } wrong)
                    yield return wrong;
            }
        }
    }
}
