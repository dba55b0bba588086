using Fabric.Node.Tests.Fakes;
using Fabric.Node.Writes;

namespace Fabric.Node.Tests.Writes;

public sealed class CommitSpreaderTests
{
    [Fact]
    public async Task A_commit_is_spread_a_few_times_and_then_it_is_quiet()
    {
        var consensus = new FakeConsensus("a", new FakeLog());
        await using var spreader = new CommitSpreader(consensus);
        spreader.Start();
        spreader.Committed();
        await Eventually.HoldsAsync(() => consensus.Confirmed == 3);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(3, consensus.Confirmed);
    }

    [Fact]
    public async Task Many_commits_at_once_are_spread_together()
    {
        var consensus = new FakeConsensus("a", new FakeLog());
        await using var spreader = new CommitSpreader(consensus);
        for (var i = 0; i < 1000; i++)
        {
            spreader.Proposing();
            spreader.Committed();
        }

        spreader.Start();
        await Eventually.HoldsAsync(() => consensus.Confirmed == 3);
    }
}
