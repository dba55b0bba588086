using System.Buffers;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Commands;

public sealed class AttachmentCodecTests
{
    private const int Seed = 20_261_124;

    private static Decoded Decode(byte[] bytes) => CommandCodec.Decode(new ReadOnlySequence<byte>(bytes));

    private static readonly ChangeSet Mixed = new(
        Guid.Parse("00000000-0000-4000-8000-000000000001"),
        [new Change.Put("flag", Sets.Definition(), 7), new Change.Delete("old")],
        "switched and attached at once")
    {
        Attachments =
        [
            new AttachmentChange.Put(Attached.Request(), 3),
            new AttachmentChange.Put(new AttachmentRequest("/lib/x.so", "f")),
            new AttachmentChange.Withdraw("0123456789abcdef", 0),
        ],
    };

    [Fact]
    public void Flags_and_attachments_of_one_set_come_back_as_they_were()
    {
        var bytes = CommandCodec.Encode(new Command.Change(Mixed));
        var back = Assert.IsType<Command.Change>(Assert.IsType<Decoded.Entry>(Decode(bytes)).Command).Changes;

        Assert.Equal(Mixed.Attachments.AsEnumerable(), back.Attachments);
        Assert.Equal(Mixed.Changes.Select(static change => (change.Key, change.IfRevision)), back.Changes.Select(static change => (change.Key, change.IfRevision)));
        Assert.Equal((Mixed.OperationId, Mixed.Message), (back.OperationId, back.Message));
        Assert.Equal(bytes, CommandCodec.Encode(new Command.Change(back)));
    }

    [Fact]
    public void Every_truncation_is_undecodable_and_no_mutation_throws()
    {
        var bytes = CommandCodec.Encode(new Command.Change(Mixed));
        for (var length = 0; length < bytes.Length; length++)
            Assert.IsType<Decoded.Undecodable>(Decode(bytes[..length]));

        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = (byte[])bytes.Clone();
            for (var bite = random.Next(1, 4); bite > 0; bite--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            Assert.NotNull(Decode(mutated));
        }
    }

    [Fact]
    public void What_today_would_be_refused_is_still_read()
    {
        var old = new AttachmentRequest("no longer a path", "") { BuildIds = ["?"] };
        var back = Assert.IsType<Decoded.Entry>(Decode(CommandCodec.Encode(new Command.Change(Attached.Put(old))))).Command;
        Assert.Equal(old, Assert.IsType<AttachmentChange.Put>(Assert.Single(((Command.Change)back).Changes.Attachments)).Request);
    }
}
