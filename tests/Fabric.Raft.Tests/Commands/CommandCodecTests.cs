using System.Buffers;
using System.Text;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Raft.Commands;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Commands;

public sealed class CommandCodecTests
{
    private const int Seed = 20_261_122;

    private static Decoded Decode(byte[] bytes) => CommandCodec.Decode(new ReadOnlySequence<byte>(bytes));

    private static Command RoundTrip(Command command) => Assert.IsType<Decoded.Entry>(Decode(CommandCodec.Encode(command))).Command;

    private static byte[] Sample() => CommandCodec.Encode(new Command.Change(new ChangeSet(
        Guid.NewGuid(),
        [new Change.Put("new-checkout", Sets.Definition("ünïcode ✓"), 7), new Change.Delete("old", 0), new Change.Delete("older")],
        "why it is done") { Origin = new Origin(1_790_000_000_123, "a", "10.0.0.9", "jörg@büro") }));

    [Fact]
    public void A_bootstrap_comes_back_as_it_was()
    {
        var bootstrap = new Command.Bootstrap(new FabricIdentity(Guid.NewGuid(), 16_384), 10_000);
        Assert.Equal(bootstrap, RoundTrip(bootstrap));
    }

    [Fact]
    public void A_change_set_comes_back_as_it_was()
    {
        var definition = Sets.Definition("ünïcode ✓");
        var set = new ChangeSet(Guid.NewGuid(), [new Change.Put("a", definition, 3), new Change.Put("b", definition), new Change.Delete("c", 0)], "because")
        {
            Origin = new Origin(1_790_000_000_123, "a", null, "jörg@büro"),
        };

        var back = Assert.IsType<Command.Change>(RoundTrip(new Command.Change(set))).Changes;

        Assert.Equal(set.OperationId, back.OperationId);
        Assert.Equal(set.Message, back.Message);
        Assert.Equal(set.Origin, back.Origin);
        Assert.Equal(set.Changes.Select(static change => (change.GetType(), change.Key, change.IfRevision)), back.Changes.Select(static change => (change.GetType(), change.Key, change.IfRevision)));
        Assert.Equal(definition.Json.ToArray(), ((Change.Put)back.Changes[0]).Definition.Json.ToArray());
        Assert.Equal(definition.Variants.AsEnumerable(), ((Change.Put)back.Changes[0]).Definition.Variants);
    }

    [Fact]
    public void A_change_set_that_nobody_signed_comes_back_without_an_origin() =>
        Assert.Null(Assert.IsType<Command.Change>(RoundTrip(new Command.Change(Sets.Put("flag")))).Changes.Origin);

    [Fact]
    public void Each_version_has_its_own_number_of_elements()
    {
        var entry = CommandCodec.Encode(new Command.Change(Sets.Put("flag")));
        entry[0] = 1;
        Assert.IsType<Decoded.Undecodable>(Decode(entry));
    }

    [Fact]
    public void An_entry_split_over_segments_reads_the_same()
    {
        var bytes = Sample();
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var first = new Segment(bytes.AsMemory(0, cut));
            var last = first.Append(bytes.AsMemory(cut));
            Assert.IsType<Decoded.Entry>(CommandCodec.Decode(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)));
        }
    }

    [Fact]
    public void Every_truncation_is_undecodable()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
            Assert.IsType<Decoded.Undecodable>(Decode(bytes[..length]));
    }

    [Fact]
    public void Bytes_behind_the_end_are_undecodable() =>
        Assert.IsType<Decoded.Undecodable>(Decode([.. Sample(), 0xc0]));

    [Fact]
    public void An_unknown_version_is_undecodable_and_says_so()
    {
        var bytes = Sample();
        bytes[0] = 3;
        Assert.Contains("version 3", Assert.IsType<Decoded.Undecodable>(Decode(bytes)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_entries_never_throw_and_never_allocate_without_measure()
    {
        var random = new Random(Seed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Sample();
            for (var mutations = random.Next(1, 6); mutations > 0; mutations--)
                bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            Decode(bytes);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50_000, 0, 64 * 1024);
    }

    [Fact]
    public void Random_bytes_never_throw_and_never_allocate_without_measure()
    {
        var random = new Random(Seed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
                bytes[0] = CommandCodec.Version;
            Decode(bytes);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100_000, 0, 64 * 1024);
    }

    [Theory]
    [InlineData("dd ff ff ff ff")]
    [InlineData("95 02 c4 10 00000000000000000000000000000000 c0 dd ff ff ff ff")]
    [InlineData("95 02 c4 10 00000000000000000000000000000000 c0 91 94 01 db ff ff ff ff")]
    [InlineData("95 02 c4 10 00000000000000000000000000000000 c0 91 94 01 a1 61 c0 c6 ff ff ff ff")]
    [InlineData("95 02 c6 ff ff ff ff")]
    public void A_length_that_the_bytes_do_not_have_allocates_nothing(string hexadecimal)
    {
        byte[] bytes = [CommandCodec.Version, .. Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal))];
        Decode(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.IsType<Decoded.Undecodable>(Decode(bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("""{"state":"ENABLED","variants":{"\ud800":true},"defaultVariant":"\ud800"}""")]
    [InlineData("""{"state":"SOMETHING","variants":{"on":true},"operator of tomorrow":1}""")]
    public void A_definition_that_the_rules_of_today_refuse_is_kept_and_answers_nothing(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        var definition = StoredDefinition.Read(bytes);

        Assert.Equal(FlagState.Disabled, definition.State);
        Assert.Equal(bytes, definition.Json.ToArray());
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
