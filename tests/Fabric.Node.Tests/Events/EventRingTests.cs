using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Node.Api.Events;
using Fabric.Raft;

namespace Fabric.Node.Tests.Events;

public sealed class EventRingTests
{
    private static readonly FlagDefinition Definition = DefinitionParser.Parse("""{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}"""u8.ToArray()).Definition!;

    /// <summary>Pins a stream that left out what lay between: found by chaos, where an emptied voter was given its vote again.</summary>
    [Fact]
    public void A_second_replay_that_begins_beyond_what_was_told_leaves_no_gap_unsaid()
    {
        var ring = new EventRing(100, 1 << 20);
        ring.Begins(FabricState.Empty);
        var first = Put(FabricState.Empty, 1);
        ring.Applied(first, ["flag"]);
        var beyond = Put(Put(first, 2), 3);

        ring.Begins(beyond);
        var last = Put(beyond, 4);
        ring.Replaying(last, ["flag"]);
        ring.Replaced(last);

        Assert.True(ring.After(1, 10).Lost);
        Assert.Equal([4L], ring.After(3, 10).Events.Select(static one => one.Revision));
    }

    [Fact]
    public void A_second_replay_that_begins_before_what_was_told_keeps_it_all()
    {
        var ring = new EventRing(100, 1 << 20);
        ring.Begins(FabricState.Empty);
        var first = Put(FabricState.Empty, 1);
        var second = Put(first, 2);
        ring.Applied(first, ["flag"]);
        ring.Applied(second, ["flag"]);

        ring.Begins(first);
        ring.Replaying(second, ["flag"]);
        ring.Replaced(second);

        Assert.Equal([1L, 2L], ring.After(0, 10).Events.Select(static one => one.Revision));
    }

    private static FabricState Put(FabricState state, long revision) =>
        state.Apply(revision, new ChangeSet(Guid.NewGuid(), [new Change.Put("flag", Definition)], null)).Next with { AppliedIndex = revision, Digest = (ulong)revision };
}
