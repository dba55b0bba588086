using System.Buffers;
using System.IO.Hashing;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Raft.Commands;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Snapshots;

public sealed class SnapshotFormatTests
{
    internal static MachineState State(int entries)
    {
        var state = Apply(MachineState.Empty, 1, new Command.Bootstrap(new FabricIdentity(Guid.Parse("1e7e1b0c-5a54-4f52-9c3c-0d3a5e8a4a11"), 20), 100));
        for (var i = 2; i <= entries; i++)
        {
            var set = (i % 5) switch
            {
                0 => Sets.Delete($"flag-{i % 7}") with { Origin = new Origin(i, "a", "127.0.0.1", "anna@desk") },
                1 => Sets.Put($"flag-{i % 7}", ifRevision: 1),
                _ => Sets.Put($"flag-{i % 7}", note: $"entry {i}"),
            };
            state = Apply(state, i, new Command.Change(set));
        }

        return state;
    }

    private static IEnumerable<string> Remembered(MachineState state) =>
    [
        $"since {state.Fabric.History.Since}, {state.Fabric.History.Bytes} bytes",
        .. state.Fabric.History.Changes.Select(static change =>
            $"{change.Revision} {change.Key} {change.Before} {(change.Definition is { } definition ? Convert.ToHexString(definition.Span) : "-")} {change.Origin} {change.Message}"),
        .. state.Fabric.History.Dropped().Select(static dropped => $"{dropped.Key} without {dropped.Value}"),
    ];

    private static MachineState Apply(MachineState state, long index, Command command) =>
        Applier.Apply(state, index, 3, command, new ReadOnlySequence<byte>(CommandCodec.Encode(command))).Next;

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(300)]
    public void A_snapshot_comes_back_as_it_was(int entries)
    {
        var state = State(entries);

        var back = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(SnapshotFormat.Write(state))).State;

        Assert.Equal(state.Term, back.Term);
        Assert.Equal((state.Fabric.Identity, state.Fabric.AppliedIndex, state.Fabric.Digest), (back.Fabric.Identity, back.Fabric.AppliedIndex, back.Fabric.Digest));
        Assert.Equal(state.Fabric.Flags.Revision, back.Fabric.Flags.Revision);
        Assert.Equal(state.Fabric.Flags.DefinitionBytes, back.Fabric.Flags.DefinitionBytes);
        Assert.Equal(state.Fabric.Flags.Flags.Values.Select(static flag => (flag.Key, flag.Revision)), back.Fabric.Flags.Flags.Values.Select(static flag => (flag.Key, flag.Revision)));
        Assert.Equal(state.Ledger.Operations, back.Ledger.Operations);
        Assert.Equal(state.Ledger.Capacity, back.Ledger.Capacity);
        Assert.Equal(Remembered(state), Remembered(back));
        Assert.Equal(SnapshotFormat.Write(state), SnapshotFormat.Write(back));
    }

    [Fact]
    public void A_flag_with_more_changes_than_are_kept_says_so_after_a_snapshot_too()
    {
        var state = State(3);
        for (var i = 4; i < 60; i++)
            state = Apply(state, i, new Command.Change(Sets.Put("busy", note: $"{i}")));
        Assert.NotEmpty(state.Fabric.History.Dropped());

        var back = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(SnapshotFormat.Write(state))).State;

        Assert.Equal(Remembered(state), Remembered(back));
    }

    [Fact]
    public void A_definition_that_is_still_in_force_is_written_once()
    {
        var note = new string('x', 4000);
        var once = SnapshotFormat.Write(Apply(State(1), 2, new Command.Change(Sets.Put("flag", note: note))));

        Assert.InRange(once.Length, note.Length, note.Length * 2);
    }

    [Fact]
    public void A_refusal_is_remembered_with_its_flag_and_its_reason()
    {
        var needing = DefinitionParser.Parse("""{"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"gone","variant":"on"}]}"""u8.ToArray()).Definition!;
        var state = Apply(State(3), 4, new Command.Change(new ChangeSet(Guid.NewGuid(), [new Change.Put("user", needing)])));
        var refused = Assert.IsType<ChangeOutcome.Refused>(state.Ledger.Operations.Last().Outcome);

        var back = Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(SnapshotFormat.Write(state))).State;

        Assert.Equal("user", refused.Key);
        Assert.Equal(refused, back.Ledger.Operations.Last().Outcome);
    }

    [Fact]
    public void Every_flipped_byte_is_seen()
    {
        var bytes = SnapshotFormat.Write(State(60));
        for (var i = 0; i < bytes.Length; i += i < 64 ? 1 : 7)
        {
            bytes[i] ^= 0x10;
            Assert.IsType<SnapshotRead.Bad>(SnapshotFormat.Read(bytes));
            bytes[i] ^= 0x10;
        }

        Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(bytes));
    }

    [Fact]
    public void Every_truncation_is_seen()
    {
        var bytes = SnapshotFormat.Write(State(20));
        for (var length = 0; length < bytes.Length; length++)
            Assert.IsType<SnapshotRead.Bad>(SnapshotFormat.Read(bytes.AsMemory(0, length)));
    }

    [Fact]
    public void A_body_that_is_nonsense_under_a_right_checksum_is_a_value_and_not_an_exception()
    {
        var random = new Random(7);
        var good = SnapshotFormat.Write(State(20));
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = good.ToArray();
            for (var mutations = random.Next(1, 5); mutations > 0; mutations--)
                bytes[random.Next(SnapshotFormat.HeaderBytes, bytes.Length - 8)] = (byte)random.Next(256);
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), XxHash64.HashToUInt64(bytes.AsSpan(0, bytes.Length - 8)));
            SnapshotFormat.Read(bytes);
        }
    }
}
