using System.Net.Sockets;
using Fabric.Flags.Changes;
using Fabric.Raft.Log;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests;

[Collection("fabric")]
public sealed class OneMemberTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_member_alone_leads_and_keeps_what_it_decided()
    {
        await using var fabric = new TestFabric(1);
        var first = await fabric.StartAsync("a");
        var outcome = await fabric.DecideAsync(Sets.Put("flag"));
        var before = first.State;

        await fabric.StopAsync("a");
        var second = await fabric.StartAsync("a");

        Assert.Equal((before.AppliedIndex, before.Digest, before.Identity), (second.State.AppliedIndex, second.State.Digest, second.State.Identity));
        Assert.Equal(((ChangeOutcome.Applied)outcome).Revision, second.State.Flags.Flags["flag"].Revision);
        Assert.IsType<ChangeOutcome.Applied>(await fabric.DecideAsync(Sets.Delete("flag")));
    }

    [Fact]
    public async Task A_data_directory_in_use_is_refused()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await using var second = new RaftConsensus(fabric.OptionsOf("a"));

        var refusal = await Assert.ThrowsAsync<DataDirectoryInUseException>(() => second.StartAsync(Token));

        Assert.Contains(fabric.DataOf("a"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_fails_the_start_and_leaves_the_data_directory_free()
    {
        await using var fabric = new TestFabric(1);
        var taken = new TcpListener(fabric.OptionsOf("a").Members[0].Raft);
        taken.Start();

        await Assert.ThrowsAnyAsync<SocketException>(() => fabric.StartAsync("a"));
        await fabric.StopAsync("a");
        taken.Dispose();

        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("flag"));
    }

    [Fact]
    public async Task A_log_that_was_begun_alone_is_not_started_with_two_others()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await fabric.StopAsync("a");
        var options = fabric.OptionsOf("a");
        var others = Ports.Free(2);
        await using var grown = new RaftConsensus(options with { Members = [.. options.Members, new Member("b", others[0]), new Member("c", others[1])] });

        var refusal = await Assert.ThrowsAsync<LogUnusableException>(() => grown.StartAsync(Token));

        Assert.Contains("begun by the members a, and this start names a, b, c", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_without_room_refuses_before_the_append()
    {
        await using var fabric = new TestFabric(1, static options => options with { MinFreeBytes = long.MaxValue });
        await fabric.StartAsync("a");
        var leader = await fabric.LeaderAsync();
        await Until.True(() => leader.State.Identity is not null, "the fabric is formed");
        var before = leader.Status.CommitIndex;

        Assert.IsType<Proposal.NoRoom>(await leader.ProposeAsync(Sets.Put("flag"), Token));

        Assert.Equal(before, leader.Status.CommitIndex);
    }

    [Fact]
    public async Task The_sink_hears_the_whole_state_once_and_then_every_entry()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("x"));
        await fabric.DecideAsync(Sets.Put("y"));
        var first = fabric.Sinks["a"].Heard;
        Assert.Null(first[0].Changed);
        Assert.Equal([[], ["x"], ["y"]], first.Skip(1).Select(static heard => heard.Changed!.Value.ToArray()));

        await fabric.StopAsync("a");
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Delete("x"));

        var second = fabric.Sinks["a"].Heard;
        Assert.Equal(2, second.Count);
        Assert.Null(second[0].Changed);
        Assert.Equal(first[^1].State.Digest, second[0].State.Digest);
        Assert.Equal(["x"], second[1].Changed!.Value);
    }

    [Fact]
    public async Task A_snapshot_shortens_the_log_and_a_restart_goes_on_from_it()
    {
        await using var fabric = new TestFabric(1, static options => options with { EntriesPerSnapshot = 20, EntriesKeptBehindSnapshot = 5 });
        await fabric.StartAsync("a");
        var repeated = Sets.Put("repeated");
        var outcome = await fabric.DecideAsync(repeated);
        for (var i = 0; i < 200; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 9}"));
        var before = fabric.Nodes["a"].State;
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(fabric.DataOf("a"), "snapshots"), "*.snapshot"));

        await fabric.StopAsync("a");
        var after = (await fabric.StartAsync("a")).State;

        Assert.Equal((before.AppliedIndex, before.Digest), (after.AppliedIndex, after.Digest));
        Assert.Equal(outcome, await fabric.DecideAsync(repeated));
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_deleted_when_the_log_holds_everything()
    {
        await using var fabric = new TestFabric(1, static options => options with { EntriesPerSnapshot = 20, EntriesKeptBehindSnapshot = 1_000 });
        await fabric.StartAsync("a");
        for (var i = 0; i < 50; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 9}"));
        var before = fabric.Nodes["a"].State;
        await fabric.StopAsync("a");
        var snapshot = Damage(fabric);

        var after = (await fabric.StartAsync("a")).State;

        Assert.Equal((before.AppliedIndex, before.Digest), (after.AppliedIndex, after.Digest));
        Assert.False(File.Exists(snapshot));

        for (var i = 0; i < 50; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 9}"));
        var later = fabric.Nodes["a"].State;
        await fabric.StopAsync("a");
        Assert.Equal(later.Digest, (await fabric.StartAsync("a")).State.Digest);
    }

    [Fact]
    public async Task A_damaged_snapshot_that_the_log_cannot_replace_stops_the_start_each_time()
    {
        await using var fabric = new TestFabric(1, static options => options with { EntriesPerSnapshot = 20, EntriesKeptBehindSnapshot = 0 });
        await fabric.StartAsync("a");
        // More than one file of the log holds, so that the first is gone.
        var note = new string('x', 40_000);
        for (var i = 0; i < 200; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 9}", note: note));
        await fabric.StopAsync("a");
        var snapshot = Damage(fabric);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var unusable = await Assert.ThrowsAsync<LogUnusableException>(() => fabric.StartAsync("a"));
            Assert.Contains("Delete this member's data directory", unusable.Message, StringComparison.Ordinal);
            await fabric.StopAsync("a");
        }

        Assert.True(File.Exists(snapshot));
    }

    [Fact]
    public async Task A_flipped_byte_in_the_log_stops_the_start()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        for (var i = 0; i < 10; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i}"));
        await fabric.StopAsync("a");
        var page = Directory.GetFiles(Path.Combine(fabric.DataOf("a"), "log", "entries")).Single();
        Flip(page, 700);

        await Assert.ThrowsAsync<LogUnusableException>(() => fabric.StartAsync("a"));
    }

    [Fact]
    public async Task The_same_operation_proposed_many_times_at_once_is_applied_once()
    {
        await using var fabric = new TestFabric(1);
        var node = await fabric.StartAsync("a");
        await fabric.LeaderAsync();
        var set = Sets.Put("flag", ifRevision: 0);

        var proposals = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => node.ProposeAsync(set, Token)));

        Assert.Single(proposals.Distinct());
        Assert.IsType<ChangeOutcome.Applied>(Assert.IsType<Proposal.Decided>(proposals[0]).Outcome);
    }

    [Fact]
    public async Task A_write_that_finds_another_revision_conflicts()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        var revision = ((ChangeOutcome.Applied)await fabric.DecideAsync(Sets.Put("flag", ifRevision: 0))).Revision;

        Assert.Equal(new ChangeOutcome.Conflict("flag", revision), await fabric.DecideAsync(Sets.Put("flag", ifRevision: revision - 1)));
        Assert.IsType<ChangeOutcome.Applied>(await fabric.DecideAsync(Sets.Put("flag", ifRevision: revision)));
    }

    private static string Damage(TestFabric fabric)
    {
        var snapshots = Directory.GetFiles(Path.Combine(fabric.DataOf("a"), "snapshots"), "*.snapshot");
        foreach (var snapshot in snapshots)
            Flip(snapshot, 60);
        return snapshots[0];
    }

    private static void Flip(string path, int offset)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[offset] ^= 0x40;
        File.WriteAllBytes(path, bytes);
    }
}
