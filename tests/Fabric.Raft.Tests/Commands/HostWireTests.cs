using System.Buffers;
using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Flags.State;
using Fabric.Raft.Commands;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;

namespace Fabric.Raft.Tests.Commands;

/// <summary>The list of hosts in entries and snapshots.</summary>
public sealed class HostWireTests
{
    [Fact]
    public void Changes_of_hosts_come_back_from_an_entry_as_they_were()
    {
        HostChange[] hosts =
        [
            new HostChange.Enter("web-1", "http://10.0.0.1:7401", HostRole.Observer, Guid.NewGuid()),
            new HostChange.Enter("a", "http://10.0.0.2:7401", HostRole.Voter, Guid.NewGuid()),
            new HostChange.Remove("web-2"),
            new HostChange.Replace("a", Guid.NewGuid(), Guid.NewGuid()),
            new HostChange.Seat(Seat("d")),
        ];
        var set = new ChangeSet(Guid.NewGuid(), [new Change.Delete("checkout", 7)], "why") { Hosts = [.. hosts] };
        var read = Read(CommandCodec.Encode(new Command.Change(set)));
        Assert.Equal(hosts, read.Hosts);
        Assert.Equal(set.Changes, read.Changes);
    }

    [Fact]
    public void A_change_of_hosts_alone_leaves_the_flags_at_their_revision()
    {
        var state = MachineState.Empty with { Fabric = FabricState.Empty with { Flags = FlagSet.Restore(3, []), AppliedIndex = 4 } };
        var set = new ChangeSet(Guid.NewGuid(), []) { Hosts = [new HostChange.Enter("o", "http://h", HostRole.Observer, Guid.NewGuid())] };
        var bytes = CommandCodec.Encode(new Command.Change(set));
        var after = Applier.Apply(state, 5, 1, new Command.Change(set), new ReadOnlySequence<byte>(bytes)).Next.Fabric;
        Assert.Equal((3, 5), (after.Flags.Revision, after.AppliedIndex));
        Assert.Equal(5, after.Roster.Hosts["o"].Since);
    }

    [Fact]
    public void The_list_comes_back_from_a_snapshot_with_those_that_left()
    {
        Guid[] gone = [Guid.NewGuid(), Guid.NewGuid()];
        var roster = HostRoster.Restore(
            [new RosterHost("a", "http://a", HostRole.Voter, Guid.NewGuid(), 3), new RosterHost("o", "http://o", HostRole.Observer, Guid.NewGuid(), 5)], gone);
        var state = MachineState.Empty with { Fabric = FabricState.Empty with { AppliedIndex = 9, Roster = roster } };
        var read = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(SnapshotFormat.Write(state))).State.Fabric.Roster;
        Assert.Equal(roster.Hosts.Values, read.Hosts.Values);
        Assert.Equal(gone, read.Gone);
        Assert.Null(read.Voters);
    }

    [Fact]
    public void A_vote_that_changes_hands_comes_back_from_an_entry_and_from_a_snapshot()
    {
        var unseat = new HostChange.Unseat("c", Guid.NewGuid(), [Seat("a"), Seat("b")], Seat("d"));
        var read = Assert.IsType<HostChange.Unseat>(Assert.Single(Read(CommandCodec.Encode(new Command.Change(new ChangeSet(Guid.NewGuid(), []) { Hosts = [unseat] }))).Hosts));
        Assert.Equal((unseat.Name, unseat.Identity, unseat.Next), (read.Name, read.Identity, read.Next));
        Assert.Equal(unseat.Others, read.Others.AsEnumerable());

        foreach (var awaits in new[] { unseat.Next, null })
        {
            var roster = HostRoster.Restore([], [], new VoterList(7, unseat.Others, awaits));
            var state = MachineState.Empty with { Fabric = FabricState.Empty with { AppliedIndex = 9, Roster = roster } };
            var list = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(SnapshotFormat.Write(state))).State.Fabric.Roster.Voters!;
            Assert.Equal((7, awaits), (list.Since, list.Awaits));
            Assert.Equal(unseat.Others, list.Seats.AsEnumerable());
        }
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(6, 4)]
    [InlineData(7, 3)]
    [InlineData(8, 3)]
    [InlineData(9, 3)]
    [InlineData(10, 4)]
    public void A_change_with_other_elements_than_its_kind_has_is_no_entry(int kind, int elements)
    {
        var bytes = CommandCodec.Encode(new Command.Change(new ChangeSet(Guid.NewGuid(), []) { Hosts = [new HostChange.Remove("o")] }));
        // The change stands at the end: its array's header, its kind, its name and nil.
        bytes[^5] = (byte)(0x90 | elements);
        bytes[^4] = (byte)kind;
        Assert.IsType<Decoded.Undecodable>(CommandCodec.Decode(new ReadOnlySequence<byte>(bytes)));
    }

    private static VoterSeat Seat(string name) => new(name, "10.0.0.1:7402", $"http://{name}", Guid.NewGuid());

    private static ChangeSet Read(byte[] entry) =>
        Assert.IsType<Command.Change>(Assert.IsType<Decoded.Entry>(CommandCodec.Decode(new ReadOnlySequence<byte>(entry))).Command).Changes;
}
