using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Feeding;

/// <summary>Hosts beyond the voters.</summary>
public sealed class ObserverTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task An_observer_has_every_write_in_its_table_and_takes_writes_and_reads_like_any_node()
    {
        await _fleet.StartVotersAsync();
        await _fleet.WriteAsync("a", "before");
        await _fleet.StartObserverAsync("o", ["a", "b", "c"]);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("b", "after"));

        var own = await _fleet.WriteAsync("o", "own");
        await _fleet.ConvergesAsync(own);
        var read = await _fleet.JsonAsync("o", "/api/v1/flags/own");
        Assert.Equal(own, read.GetProperty("revision").GetInt64());
        var node = await _fleet.NodeAsync("o");
        Assert.Equal("observer", node.GetProperty("role").GetString());
        Assert.True(node.GetProperty("ready").GetBoolean());
        Assert.Equal((await _fleet.NodeAsync("a")).GetProperty("leader").GetString(), node.GetProperty("leader").GetString());
        var cluster = await _fleet.JsonAsync("o", "/api/v1/cluster");
        var hosts = cluster.GetProperty("hosts").EnumerateArray().ToDictionary(static host => host.GetProperty("name").GetString()!);
        Assert.Equal(["a", "b", "c", "o"], hosts.Keys.Order());
        Assert.False(hosts["o"].GetProperty("voter").GetBoolean());
        Assert.All(hosts.Values, static host => Assert.True(host.GetProperty("connected").GetBoolean()));
        Assert.Equal(["a", "b", "c"], cluster.GetProperty("members").EnumerateArray().Select(static one => one.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task An_observer_starts_from_its_own_disk_where_no_voter_is_and_follows_again_when_one_is_back()
    {
        await _fleet.StartVotersAsync(count: 1);
        await _fleet.StartObserverAsync("o", ["a"]);
        var first = await _fleet.WriteAsync("a", "checkout");
        await _fleet.TableReachesAsync("o", first);
        await _fleet.StopAsync("o");
        await _fleet.StopAsync("a");

        await _fleet.RestartAsync("o");
        await _fleet.TableReachesAsync("o", first);
        var alone = await _fleet.NodeAsync("o");
        Assert.False(alone.GetProperty("ready").GetBoolean());
        Assert.Equal(first, (await _fleet.JsonAsync("o", "/api/v1/flags/checkout?consistency=local")).GetProperty("revision").GetInt64());

        await _fleet.RestartAsync("a");
        await _fleet["a"].WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "again"));
    }

    [Fact]
    public async Task Observers_feed_observers_and_move_when_the_one_above_them_ends()
    {
        await _fleet.StartVotersAsync(with: static options => options with { Limits = options.Limits with { Observers = 1 } });
        await _fleet.StartObserverAsync("o1", ["a"]);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "x"));
        // The only place of voter a is taken: it shows o2 to o1.
        await _fleet.StartObserverAsync("o2", ["a"]);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("c", "y"));
        Assert.Equal(["a", "o1", "o2"], await HostsAsync(await _fleet.WriteAsync("a", "z"), via: "a"));

        await _fleet.StopAsync("o1");
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("b", "z"));
    }

    [Fact]
    public async Task Neither_of_two_hosts_is_fed_by_the_other_when_the_voter_above_them_ends()
    {
        await _fleet.StartVotersAsync(count: 1);
        await _fleet.StartObserverAsync("o1", ["a"]);
        await _fleet.TableReachesAsync("o1", await _fleet.WriteAsync("a", "x"));
        await _fleet.StartObserverAsync("o2", ["o1"]);
        await _fleet.TableReachesAsync("o2", await _fleet.WriteAsync("a", "y"));
        await _fleet.StopAsync("o1");
        await _fleet.RestartAsync("o1", options => options with { Join = [_fleet.UrlOf("o2"), _fleet.UrlOf("a")] });
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "z"));
        await _fleet.StopAsync("a");
        await Eventually.HoldsAsync(
            async () => !(await _fleet.NodeAsync("o1")).GetProperty("ready").GetBoolean() && !(await _fleet.NodeAsync("o2")).GetProperty("ready").GetBoolean(),
            static () => "two hosts without a voter take each other for one");
    }

    [Fact]
    public async Task One_that_was_away_for_too_long_takes_a_snapshot_and_goes_on_from_there()
    {
        await using var fleet = new RealFleet { Raft = static options => options with { EntriesPerSnapshot = 20, EntriesKeptBehindSnapshot = 1 } };
        await fleet.StartVotersAsync(count: 1);
        await fleet.StartObserverAsync("o", ["a"]);
        await fleet.TableReachesAsync("o", await fleet.WriteAsync("a", "first"));
        await fleet.StopAsync("o");
        for (var i = 0; i < 60; i++)
            await fleet.WriteAsync("a", $"flag-{i}");
        // After a restart a voter feeds what its log still holds, which begins behind its snapshot.
        await fleet.StopAsync("a");
        await fleet.RestartAsync("a");
        await fleet["a"].WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFiles(Path.Combine(fleet.DataOf("o"), "snapshots")));

        await fleet.RestartAsync("o");
        await fleet.ConvergesAsync(await fleet.WriteAsync("a", "last"));
        Assert.Single(Directory.GetFiles(Path.Combine(fleet.DataOf("o"), "snapshots")));
        var (voter, observer) = (await fleet.NodeAsync("a"), await fleet.NodeAsync("o"));
        Assert.Equal(voter.GetProperty("stateDigest").GetRawText(), observer.GetProperty("stateDigest").GetRawText());
    }

    [Fact]
    public async Task A_host_of_another_fabric_is_refused_and_keeps_what_it_has()
    {
        await _fleet.StartVotersAsync(count: 1);
        await _fleet.StartObserverAsync("o", ["a"]);
        var revision = await _fleet.WriteAsync("a", "mine");
        await _fleet.TableReachesAsync("o", revision);
        // The list of hosts is in the log too, and o is entered a moment after it is first fed.
        await Eventually.HoldsAsync(
            async () => (await _fleet.JsonAsync("o", "/api/v1/cluster")).GetProperty("hosts").EnumerateArray()
                .Count(static host => host.GetProperty("since").ValueKind == System.Text.Json.JsonValueKind.Number) == 2,
            () => "o is not entered");
        revision = (await _fleet.NodeAsync("o")).GetProperty("appliedRevision").GetInt64();
        await _fleet.StopAsync("o");

        await using var other = new RealFleet();
        await other.StartVotersAsync(count: 1);
        for (var i = 0; i < 10; i++)
            await other.WriteAsync("a", $"theirs-{i}");
        await _fleet.RestartAsync("o", options => options with { Join = [other.UrlOf("a")] });
        await _fleet.TableReachesAsync("o", revision);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(revision, (await _fleet.NodeAsync("o")).GetProperty("appliedRevision").GetInt64());
        Assert.False((await _fleet.NodeAsync("o")).GetProperty("ready").GetBoolean());
    }

    private async Task<string[]> HostsAsync(long revision, string via)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_fleet.UrlOf(via), $"/internal/v1/fleet?revision={revision}&milliseconds=20000"));
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        return [.. body.GetProperty("hosts").EnumerateArray().Where(host => host.GetProperty("table").GetInt64() >= revision).Select(static host => host.GetProperty("name").GetString()!)];
    }
}
