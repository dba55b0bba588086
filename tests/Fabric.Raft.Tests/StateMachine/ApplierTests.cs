using System.Buffers;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.StateMachine;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.StateMachine;

public sealed class ApplierTests
{
    private static Application Apply(MachineState state, long index, Command command) =>
        Applier.Apply(state, index, 1, command, new ReadOnlySequence<byte>(CommandCodec.Encode(command)));

    private static MachineState Formed(int remembered = 3) =>
        Apply(MachineState.Empty, 1, new Command.Bootstrap(new FabricIdentity(Guid.NewGuid(), 2), remembered)).Next;

    [Fact]
    public void The_first_identity_wins()
    {
        var first = Formed();
        var second = Apply(first, 2, new Command.Bootstrap(new FabricIdentity(Guid.NewGuid(), 99), 5)).Next;
        Assert.Equal(first.Fabric.Identity, second.Fabric.Identity);
        Assert.Equal(3, second.Ledger.Capacity);
    }

    [Fact]
    public void A_repeated_operation_returns_the_first_outcome_and_changes_nothing()
    {
        var set = Sets.Put("flag");
        var once = Apply(Formed(), 2, new Command.Change(set));
        var deleted = Apply(once.Next, 3, new Command.Change(Sets.Delete("flag")));

        var twice = Apply(deleted.Next, 4, new Command.Change(set));

        Assert.Equal(new ChangeOutcome.Applied(2), twice.Operation!.Outcome);
        Assert.Empty(twice.Changed);
        Assert.Same(deleted.Next.Fabric.Flags, twice.Next.Fabric.Flags);
        Assert.Equal(4, twice.Next.Fabric.AppliedIndex);
    }

    [Fact]
    public void A_conflict_is_remembered_as_well()
    {
        var set = Sets.Put("flag", ifRevision: 9);
        var first = Apply(Formed(), 2, new Command.Change(set));
        Assert.Equal(new ChangeOutcome.Conflict("flag", 0), first.Operation!.Outcome);

        var other = Apply(first.Next, 9, new Command.Change(Sets.Put("flag")));
        var again = Apply(other.Next, 10, new Command.Change(set));

        Assert.Equal(new ChangeOutcome.Conflict("flag", 0), again.Operation!.Outcome);
    }

    [Fact]
    public void The_ledger_forgets_the_oldest_operation_first()
    {
        var ledger = Ledger.Empty(3);
        var ids = Enumerable.Range(0, 5).Select(static _ => Guid.NewGuid()).ToArray();
        foreach (var id in ids)
            ledger = ledger.Add(id, new ChangeOutcome.Applied(1));

        Assert.Equal(ids[2..], ledger.Operations.Select(static operation => operation.OperationId));
        Assert.Null(ledger.Find(ids[0]));
        Assert.NotNull(ledger.Find(ids[4]));
    }

    [Fact]
    public void The_capacity_of_the_fabric_bounds_it()
    {
        var state = Formed();
        for (var i = 0; i < 2; i++)
            state = Apply(state, 2 + i, new Command.Change(Sets.Put($"flag-{i}"))).Next;

        Assert.IsType<ChangeOutcome.Full>(Apply(state, 4, new Command.Change(Sets.Put("one-too-many"))).Operation!.Outcome);
    }

    [Fact]
    public void The_digest_tells_apart_order_index_and_content()
    {
        var (a, b) = (new Command.Change(Sets.Put("a")), new Command.Change(Sets.Put("b")));
        var formed = Formed();
        var digests = new[]
        {
            Apply(Apply(formed, 2, a).Next, 3, b).Next.Fabric.Digest,
            Apply(Apply(formed, 2, b).Next, 3, a).Next.Fabric.Digest,
            Apply(Apply(formed, 2, a).Next, 4, b).Next.Fabric.Digest,
        };
        Assert.Equal(3, digests.Distinct().Count());
        Assert.Equal(digests[0], Apply(Apply(formed, 2, a).Next, 3, b).Next.Fabric.Digest);
    }
}
