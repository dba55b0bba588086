using System.Buffers;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.StateMachine;

public sealed class AttachmentTests
{
    private static MachineState Apply(MachineState state, ChangeSet changes)
    {
        var command = new Command.Change(changes);
        return Applier.Apply(state, state.Fabric.AppliedIndex + 1, 1, command, new ReadOnlySequence<byte>(CommandCodec.Encode(command))).Next;
    }

    private static ChangeOutcome Last(MachineState state) => state.Ledger.Operations.Last().Outcome;

    [Fact]
    public void A_flag_and_an_attachment_change_together_or_not_at_all()
    {
        var request = Attached.Request();
        var both = Sets.Put("flag") with { Attachments = [new AttachmentChange.Put(request)] };
        var state = Apply(MachineState.Empty, both);
        Assert.Equal(new WantedAttachment(request, 1), state.Fabric.Attachments.ById[request.Id]);
        Assert.Equal(1, state.Fabric.Flags.Flags["flag"].Revision);

        var half = Apply(state, Sets.Put("other") with { Attachments = [new AttachmentChange.Put(request, IfRevision: 0)] });
        Assert.Equal(new ChangeOutcome.Conflict(AttachmentId.Subject(request.Id), 1), Last(half));
        Assert.False(half.Fabric.Flags.Flags.ContainsKey("other"));

        var otherHalf = Apply(state, Sets.Put("flag", ifRevision: 9) with { Attachments = [new AttachmentChange.Withdraw(request.Id)] });
        Assert.Equal(new ChangeOutcome.Conflict("flag", 1), Last(otherHalf));
        Assert.Same(state.Fabric.Attachments, otherHalf.Fabric.Attachments);
    }

    [Fact]
    public void A_repeated_attaching_is_answered_and_not_applied_again()
    {
        var put = Attached.Put(Attached.Request());
        var state = Apply(Apply(Apply(MachineState.Empty, put), Attached.Withdraw(Attached.Request())), put);
        Assert.Empty(state.Fabric.Attachments.ById);
        Assert.Equal(2, state.Ledger.Count);
    }

    [Fact]
    public void Hosts_that_attach_differently_have_different_digests()
    {
        var operation = Guid.NewGuid();
        var one = Apply(MachineState.Empty, Attached.Put(Attached.Request("one")) with { OperationId = operation });
        var two = Apply(MachineState.Empty, Attached.Put(Attached.Request("two")) with { OperationId = operation });
        Assert.NotEqual(one.Fabric.Digest, two.Fabric.Digest);
    }

    [Fact]
    public void A_snapshot_holds_the_attachments_and_the_outcomes_about_them()
    {
        var state = Apply(MachineState.Empty, Sets.Put("flag"));
        state = Apply(state, Attached.Put(Attached.Request("one")));
        state = Apply(state, Attached.Put(new AttachmentRequest("/lib/x.so", "f")));
        state = Apply(state, Attached.Withdraw(Attached.Request("two")));

        var written = SnapshotFormat.Write(state);
        var back = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(written)).State;

        Assert.Equal(state.Fabric.Attachments.ById.AsEnumerable(), back.Fabric.Attachments.ById);
        Assert.Equal(state.Fabric.Attachments.Bytes, back.Fabric.Attachments.Bytes);
        Assert.Equal(state.Ledger.Operations, back.Ledger.Operations);
        Assert.Equal(written, SnapshotFormat.Write(back));
        Assert.IsType<SnapshotRead.Bad>(SnapshotBody.Read(new ReadOnlySequence<byte>(written.AsMemory()[SnapshotFormat.HeaderBytes..^9]), SnapshotFormat.Version, 4, 1));
    }

    [Fact]
    public void Definitions_and_attachments_share_the_bytes_that_a_state_may_have()
    {
        var large = Enumerable.Range(0, 1024).Select(static i => new WantedAttachment(new AttachmentRequest($"/{i}/{new string('x', 32 * 1024)}", "f"), 1));
        var state = MachineState.Empty with { Fabric = FabricState.Empty with { Attachments = AttachmentSet.Restore(large) } };
        Assert.IsType<ChangeOutcome.Full>(Last(Apply(state, Sets.Put("flag"))));
        Assert.IsType<ChangeOutcome.Applied>(Last(Apply(state, Attached.Withdraw(state.Fabric.Attachments.ById.Values.First().Request))));
    }
}
