using Fabric.Flags.Attachments;
using Fabric.Flags.State;
using Fabric.Node.Attachments;
using Fabric.Node.Tables;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Node.Tests.Attachments;

public sealed class AttachmentLoopTests : IAsyncDisposable
{
    private static readonly AttachmentRequest One = new("/opt/one", "f");
    private readonly FakeTable _table = new(revision: 5);
    private readonly FakeDoor _door = new();
    private readonly TableLoop _tables;
    private readonly AttachmentLoop _loop;

    public AttachmentLoopTests()
    {
        _tables = new TableLoop(_ => _table, TimeProvider.System, NullLogger.Instance);
        _loop = new AttachmentLoop(_door, _tables, TimeProvider.System, NullLogger.Instance);
        _tables.Start();
        _loop.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _tables.DisposeAsync();
    }

    private static FabricState State(long index, params IEnumerable<AttachmentRequest> attached) => FabricState.Empty with
    {
        Identity = new FabricIdentity(Guid.NewGuid(), 16),
        AppliedIndex = index,
        Flags = FlagSet.Restore(index, []),
        Attachments = AttachmentSet.Restore(attached.Select(request => new WantedAttachment(request, index))),
    };

    private void Apply(FabricState state)
    {
        _tables.Replaced(state);
        _loop.Replaced(state);
    }

    [Fact]
    public async Task The_door_is_told_nothing_before_the_log_has_reached_what_this_host_has_shown()
    {
        Apply(State(3));
        await Eventually.HoldsAsync(() => _tables.NotCurrent!.Contains("replayed up to 3", StringComparison.Ordinal));
        Assert.Null(_door.Wanted);

        Apply(State(5, One));
        await _loop.SettledAsync(5, TestContext.Current.CancellationToken);
        Assert.Equal([One], _door.Wanted!);
        Assert.Equal(1, _door.Told);
    }

    [Fact]
    public async Task The_door_is_told_of_what_changed_and_of_nothing_else()
    {
        Apply(State(5, One));
        await _loop.SettledAsync(5, TestContext.Current.CancellationToken);
        var same = State(6) with { Attachments = State(5, One).Attachments };
        _loop.Applied(same, []);
        await _loop.SettledAsync(6, TestContext.Current.CancellationToken);
        _loop.Applied(same with { AppliedIndex = 7 }, ["flag"]);
        await _loop.SettledAsync(7, TestContext.Current.CancellationToken);
        Assert.Equal(2, _door.Told);

        _loop.Applied(State(8), []);
        await _loop.SettledAsync(8, TestContext.Current.CancellationToken);
        Assert.Empty(_door.Wanted!);
    }

    [Fact]
    public async Task The_table_hears_of_builds_once_everything_was_looked_at_and_then_of_each_change()
    {
        _door.Hold();
        _door.Appear("/opt/one", "00112233");
        Apply(State(5, One));
        await Eventually.HoldsAsync(() => _door.Told == 1);
        Assert.Null(_tables.Builds);

        _door.LetGo();
        await Eventually.HoldsAsync(() => Holds("00112233"));
        _door.Appear("/opt/one", "44556677");
        await Eventually.HoldsAsync(() => Holds("44556677"));
        _door.Vanish("/opt/one");
        await Eventually.HoldsAsync(() => Holds());
        await Eventually.HoldsAsync(() => _table.Builds is { IsEmpty: true });
    }

    private bool Holds(params string[] builds) => _tables.Builds is { } known && known.SetEquals(builds);
}
