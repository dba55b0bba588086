using System.Buffers;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Fabric.Tests.Shared;

namespace Fabric.Raft.Tests.Golden;

/// <summary>
/// Entries and the snapshot behind them as the first release wrote them: whatever becomes of the format, a host that was
/// upgraded finds them in its data folder and must read the same out of them.
/// </summary>
public sealed class GoldenTests
{
    private const ulong Digest = 3_604_379_992_574_580_970;

    private static string[] Lines(string name) =>
        File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "tests", "Fabric.Raft.Tests", "Golden", name));

    private static MachineState Replay()
    {
        var state = MachineState.Empty;
        var index = 0;
        foreach (var line in Lines("version-1.entries"))
        {
            var bytes = new ReadOnlySequence<byte>(Convert.FromHexString(line));
            var command = Assert.IsType<Decoded.Entry>(CommandCodec.Decode(bytes)).Command;
            state = Applier.Apply(state, ++index, 2, command, bytes).Next;
        }

        return state;
    }

    private static MachineState Snapshot() =>
        Assert.IsType<SnapshotRead.Good>(SnapshotFormat.Read(Convert.FromHexString(Assert.Single(Lines("version-1.snapshot"))))).State;

    public static TheoryData<string> Sources => ["entries", "snapshot"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Old_data_leads_to_the_state_it_led_to(string source)
    {
        var (fabric, term, ledger) = source == "entries" ? Replay() : Snapshot();

        Assert.Equal(new FabricIdentity(Guid.Parse("1e7e1b0c-5a54-4f52-9c3c-0d3a5e8a4a11"), 4), fabric.Identity);
        Assert.Equal((13L, 2L, Digest, 12L), (fabric.AppliedIndex, term, fabric.Digest, fabric.Flags.Revision));
        Assert.Equal([("last", 12L), ("old", 7), ("plain", 10), ("rule", 3)], fabric.Flags.Flags.Values.Select(static flag => (flag.Key, flag.Revision)));
        Assert.Empty(fabric.Attachments.ById);
        Assert.Equal(
            [
                new ChangeOutcome.Conflict("plain", 2),
                new ChangeOutcome.NotFound("missing"),
                new ChangeOutcome.Refused("plain", "the flag \"rule\" needs its variant \"on\""),
                new ChangeOutcome.Applied(7),
                new ChangeOutcome.Full("the fabric holds at most 4 flags"),
                new ChangeOutcome.Applied(10),
                new ChangeOutcome.Applied(12),
                new ChangeOutcome.Refused("plain", "the flag \"rule\" needs its variant \"on\""),
            ],
            ledger.Operations.Select(static operation => operation.Outcome));
    }

    [Fact]
    public void Old_definitions_are_kept_byte_for_byte_from_either_source()
    {
        var (replayed, read) = (Replay().Fabric.Flags.Flags.Values, Snapshot().Fabric.Flags.Flags.Values);
        Assert.Equal(replayed.Select(static flag => Convert.ToHexString(flag.Definition.Json.Span)), read.Select(static flag => Convert.ToHexString(flag.Definition.Json.Span)));
        Assert.Contains(replayed, static flag => flag.Key == "old" && flag.Definition.Json.Span.SequenceEqual("""{"state":"ENABLED","variants":{},"whatOldRulesAllowed":1}"""u8));
    }
}
