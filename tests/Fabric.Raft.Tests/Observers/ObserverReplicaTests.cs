using Fabric.Flags.Changes;
using Fabric.Raft.Observers;
using Fabric.Raft.Recovery;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Observers;

/// <summary>An observer that is fed by hand from a fabric of one member.</summary>
public sealed class ObserverReplicaTests : IAsyncDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly TestFabric fabric = new(count: 1);
    private readonly RecordingSink sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_comes_to_the_same_state_and_keeps_it_over_a_restart_without_a_network()
    {
        var voter = await StartFabricAsync(writes: 20);
        FabricState seen;
        await using (var observer = await OpenAsync())
        {
            Feed(voter, observer);
            seen = observer.State;
        }

        await fabric.StopAllAsync();
        await using var again = await OpenAsync();
        Assert.Equal((seen.AppliedIndex, seen.Digest, 20), (again.State.AppliedIndex, again.State.Digest, again.State.Flags.Flags.Count));
        Assert.Equal(again.State, sink.Heard[^1].State);
        Assert.Equal(MemberRole.Observer, again.Status.Role);
        Assert.Null(again.Status.Leader);
    }

    [Fact]
    public async Task What_a_start_replays_is_told_in_order()
    {
        var voter = await StartFabricAsync(writes: 8);
        await using (var observer = await OpenAsync())
            Feed(voter, observer);
        sink.Replayed.Clear();
        await using var again = await OpenAsync();

        Assert.Equal(0, sink.Replayed[0].State.AppliedIndex);
        Assert.Equal(voter.State.History.Changes.Select(static change => (change.Revision, change.Key)),
            sink.Replayed.Where(static one => one.Changed.Length > 0).Select(static one => (one.State.Flags.Revision, Assert.Single(one.Changed))));
        Assert.Equal(sink.Replayed[^1].State, again.State);
    }

    [Fact]
    public async Task What_a_stopped_observer_had_heard_is_read_from_its_folder()
    {
        var voter = await StartFabricAsync(writes: 8);
        await using (var observer = await OpenAsync())
            Feed(voter, observer);

        var read = await StoppedMember.ReadAsync(folder["o"], null, Token);

        Assert.Equal((voter.State.AppliedIndex, voter.State.Digest, 8, 0L), (read.Fabric.AppliedIndex, read.Fabric.Digest, read.Fabric.Flags.Flags.Count, read.Unconfirmed));
    }

    [Fact]
    public async Task Every_entry_is_heard_once_and_in_order()
    {
        var voter = await StartFabricAsync(writes: 12);
        await using var observer = await OpenAsync();
        Feed(voter, observer, atOnce: 5);
        var revisions = sink.Heard.Skip(1).Select(static one => one.State.AppliedIndex).ToArray();
        Assert.Equal(revisions.Order().Distinct(), revisions);
        Assert.Equal(12, sink.Heard.Count(static one => one.Changed is { Length: 1 }));
    }

    [Fact]
    public async Task What_does_not_follow_changes_nothing()
    {
        var voter = await StartFabricAsync(writes: 5);
        await using var observer = await OpenAsync();
        var all = Read(voter, observer);
        Assert.Equal(FeedOutcome.Gap, observer.Append([all[0], all[2]]));
        Assert.Equal(FeedOutcome.Gap, observer.Append([all[1]]));
        Assert.Equal(FeedOutcome.Diverged, observer.Append([all[0], all[1] with { Digest = all[1].Digest ^ 1 }]));
        Assert.Equal(0, observer.State.AppliedIndex);
        Assert.Equal(FeedOutcome.Applied, observer.Append(all));
        Assert.Equal(FeedOutcome.Gap, observer.Append([all[^1]]));
        Assert.Equal(voter.State.Digest, observer.State.Digest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public async Task A_journal_that_was_torn_off_or_damaged_ends_before_the_damage(int fromTheEnd)
    {
        var voter = await StartFabricAsync(writes: 6);
        await using (var observer = await OpenAsync())
            Feed(voter, observer);
        var journal = Assert.Single(Directory.GetFiles(folder["o/journal"]));
        var bytes = await File.ReadAllBytesAsync(journal, Token);
        await File.WriteAllBytesAsync(journal, bytes[..^fromTheEnd], Token);
        await using (var torn = await OpenAsync())
        {
            Assert.InRange(torn.State.AppliedIndex, 1, voter.State.AppliedIndex - 1);
            Feed(voter, torn);
            Assert.Equal(voter.State.Digest, torn.State.Digest);
        }

        bytes[^fromTheEnd] ^= 0x10;
        await File.WriteAllBytesAsync(journal, bytes, Token);
        await using var damaged = await OpenAsync();
        Assert.InRange(damaged.State.AppliedIndex, 1, voter.State.AppliedIndex - 1);
        Feed(voter, damaged);
        Assert.Equal(voter.State.Digest, damaged.State.Digest);
    }

    [Fact]
    public async Task Snapshots_keep_the_journal_short_and_a_start_goes_on_from_them()
    {
        var voter = await StartFabricAsync(writes: 60);
        await using (var observer = await OpenAsync(static options => options with { EntriesPerSnapshot = 10 }))
        {
            foreach (var entry in Read(voter, observer))
            {
                Assert.Equal(FeedOutcome.Applied, observer.Append([entry]));
                await Task.Delay(1, Token);
            }

            await Until.True(() => Directory.GetFiles(folder["o/snapshots"], "*.snapshot").Length == 1, "one snapshot is left");
        }

        Assert.InRange(Directory.GetFiles(folder["o/journal"]).Length, 1, 2);
        await using var again = await OpenAsync();
        Assert.Equal((voter.State.AppliedIndex, voter.State.Digest), (again.State.AppliedIndex, again.State.Digest));
    }

    [Fact]
    public async Task A_snapshot_replaces_what_is_too_far_behind_but_never_goes_back_or_to_another_fabric()
    {
        var voter = await StartFabricAsync(writes: 8);
        await using var observer = await OpenAsync();
        using var snapshot = new MemoryStream();
        await voter.WriteSnapshotAsync(snapshot, Token);
        Assert.Null(await InstallAsync(observer, snapshot.ToArray()));
        Assert.Equal(voter.State.Digest, observer.State.Digest);
        Assert.Null(sink.Heard[^1].Changed);

        await fabric.DecideAsync(Sets.Put("later"));
        Feed(voter, observer);
        Assert.Contains("at", await InstallAsync(observer, snapshot.ToArray()), StringComparison.Ordinal);
        Assert.True(observer.State.Flags.Flags.ContainsKey("later"));

        await using var other = new TestFabric(count: 1);
        await other.StartAllAsync();
        await other.DecideAsync(Sets.Put("x"));
        for (var i = 0; i < 12; i++)
            await other.DecideAsync(Sets.Put($"other-{i}"));
        using var foreign = new MemoryStream();
        await (await other.LeaderAsync()).WriteSnapshotAsync(foreign, Token);
        Assert.Contains("belongs to", await InstallAsync(observer, foreign.ToArray()), StringComparison.Ordinal);

        var damaged = snapshot.ToArray();
        damaged[^20] ^= 1;
        Assert.Contains("checksum", await InstallAsync(observer, damaged), StringComparison.Ordinal);
        Assert.True(observer.State.Flags.Flags.ContainsKey("later"));
    }

    [Fact]
    public async Task One_that_has_diverged_goes_back_to_a_snapshot_and_stays_there_over_a_restart()
    {
        var voter = await StartFabricAsync(writes: 4);
        using var snapshot = new MemoryStream();
        await voter.WriteSnapshotAsync(snapshot, Token);
        await using (var observer = await OpenAsync(static options => options with { EntriesPerSnapshot = 2 }))
        {
            Feed(voter, observer);
            await fabric.DecideAsync(Sets.Put("ahead"));
            Feed(voter, observer);
            Assert.Null(await InstallAsync(observer, snapshot.ToArray(), evenBack: true));
            Assert.False(observer.State.Flags.Flags.ContainsKey("ahead"));
        }

        await using var again = await OpenAsync();
        Assert.False(again.State.Flags.Flags.ContainsKey("ahead"));
        Feed(voter, again);
        Assert.Equal(voter.State.Digest, again.State.Digest);
    }

    [Fact]
    public async Task A_voters_folder_and_an_observers_are_not_taken_for_each_other()
    {
        var voter = await StartFabricAsync(writes: 1);
        await using (var observer = await OpenAsync())
            Feed(voter, observer);
        await fabric.StopAllAsync();
        await using var wrong = new ObserverReplica(new ObserverOptions { Name = "o", DataDirectory = fabric.DataOf("a") });
        Assert.Contains("voter's", (await Assert.ThrowsAsync<LogUnusableException>(() => wrong.StartAsync(Token))).Message, StringComparison.Ordinal);

        await using var other = new TestFabric(count: 1, options => options with { DataDirectory = folder["o"] });
        var refused = await Assert.ThrowsAsync<LogUnusableException>(() => other.StartAsync("a"));
        Assert.Contains("observer's", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_an_entry_ends_when_it_is_applied_or_when_the_waiter_gives_up()
    {
        var voter = await StartFabricAsync(writes: 3);
        await using var observer = await OpenAsync();
        var waiting = observer.WaitForAppliedAsync(voter.State.AppliedIndex, Token);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => observer.WaitForAppliedAsync(long.MaxValue, impatient.Token));
        Assert.False(waiting.IsCompleted);
        Feed(voter, observer);
        await waiting.WaitAsync(Until.Deadline, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await fabric.DisposeAsync();
        folder.Dispose();
    }

    private async Task<RaftConsensus> StartFabricAsync(int writes)
    {
        await fabric.StartAllAsync();
        for (var i = 0; i < writes; i++)
            Assert.IsType<ChangeOutcome.Applied>(await fabric.DecideAsync(Sets.Put($"flag-{i}")));
        return await fabric.LeaderAsync();
    }

    private async Task<ObserverReplica> OpenAsync(Func<ObserverOptions, ObserverOptions>? tune = null)
    {
        var options = new ObserverOptions { Name = "o", DataDirectory = folder["o"] };
        var observer = new ObserverReplica(tune?.Invoke(options) ?? options, sink);
        await observer.StartAsync(Token);
        return observer;
    }

    private static List<FeedEntry> Read(RaftConsensus from, ObserverReplica to, int atOnce = 1000) =>
        [.. Assert.IsType<FeedRead.Entries>(from.Feed.ReadAfter(to.Feed.Newest, atOnce)).Next];

    private static void Feed(RaftConsensus from, ObserverReplica to, int atOnce = 1000)
    {
        while (Read(from, to, atOnce) is { Count: > 0 } next)
            Assert.Equal(FeedOutcome.Applied, to.Append(next));
    }

    private static async Task<string?> InstallAsync(ObserverReplica observer, byte[] snapshot, bool evenBack = false)
    {
        using var stream = new MemoryStream(snapshot);
        return await observer.InstallAsync(stream, evenBack, Token);
    }
}
