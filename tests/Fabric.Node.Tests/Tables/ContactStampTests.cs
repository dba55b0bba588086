using Fabric.Node.Tables;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Node.Tests.Tables;

public sealed class ContactStampTests
{
    private static readonly FabricIdentity Identity = new(Guid.NewGuid(), 100);

    [Theory]
    [InlineData("a", 3600, true)] // it leads
    [InlineData("b", 0, true)] // it hears the leader
    [InlineData("b", 3600, false)] // it has heard nothing for an hour
    [InlineData(null, 0, false)] // nobody leads
    public async Task The_table_is_stamped_while_the_node_is_in_touch(string? leader, int silentSeconds, bool stamped)
    {
        var table = new FakeTable();
        var log = new FakeLog(16) { Leader = leader };
        var consensus = new FakeConsensus("a", log) { LastContact = DateTimeOffset.UtcNow.AddSeconds(silentSeconds == 0 ? 60 : -silentSeconds) };
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(FabricState.Empty with { Identity = Identity, AppliedIndex = 1 });
        await Eventually.HoldsAsync(() => loop.NotCurrent is null);

        await using var stamp = new ContactStamp(consensus, loop, TimeProvider.System);
        stamp.Start();
        if (stamped)
            await Eventually.HoldsAsync(() => table.Stamps > 1);
        else
            await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.Equal(stamped, table.Stamps > 0);
    }
}
