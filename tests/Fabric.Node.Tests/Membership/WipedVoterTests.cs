using System.Collections.Concurrent;
using System.Text.Json;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Membership;

/// <summary>A voter whose data folder was lost has forgotten its promises, and must not vote as if it had made none.</summary>
public sealed class WipedVoterTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_wiped_voter_and_one_that_lacks_writes_elect_nobody_so_that_no_acknowledged_write_is_lost()
    {
        await StartAsync();
        // What is acknowledged now is on a and b alone: c is down.
        await _fleet.StopAsync("c");
        var acknowledged = new Dictionary<string, long>();
        for (var i = 0; i < 20; i++)
            acknowledged[$"flag-{i}"] = await _fleet.WriteAsync("a", $"flag-{i}");

        // The one loses its disk while the other is down: with c they would be a majority that has forgotten all of it.
        await WipeAsync("b");
        await _fleet.StopAsync("a");
        await Task.WhenAll(_fleet.RestartAsync("b"), _fleet.RestartAsync("c"));
        await WaitsAsync("b");
        for (var look = 0; look < 20; look++)
        {
            foreach (var host in new[] { "b", "c" })
            {
                var node = await _fleet.NodeAsync(host);
                Assert.Equal(JsonValueKind.Null, node.GetProperty("leader").ValueKind);
                Assert.NotEqual("leader", node.GetProperty("role").GetString());
            }

            Assert.Equal("observer", (await _fleet.NodeAsync("b")).GetProperty("role").GetString());
            await Task.Delay(100, Token);
        }

        await _fleet.RestartAsync("a");
        await _fleet["a"].WaitUntilReadyAsync(Token);
        var last = await _fleet.WriteAsync("a", "after");
        await _fleet.ConvergesAsync(last);
        foreach (var host in new[] { "a", "b", "c" })
            await HasAsync(host, acknowledged);
        Assert.NotNull((await _fleet.NodeAsync("b")).GetProperty("notVoting").GetString());
    }

    [Fact]
    public async Task A_wiped_voter_that_is_replaced_under_load_votes_again_and_nothing_acknowledged_is_lost()
    {
        await StartAsync();
        await using var load = new Load(_fleet, "a", "b");
        await WipeAsync("c");
        await _fleet.RestartAsync("c");
        await WaitsAsync("c");
        var before = (await _fleet.NodeAsync("c")).GetProperty("identity").GetGuid();
        await ReplaceAsync("a", "c");
        await VotesAsync("c");
        Assert.Equal(before, (await _fleet.NodeAsync("c")).GetProperty("identity").GetGuid());
        await load.MoreAsync(100);

        // With another voter down, its copy is needed for every write.
        await _fleet.StopAsync("b");
        await load.MoreAsync(100);
        var acknowledged = await load.EndAsync();
        await _fleet.RestartAsync("b");
        await _fleet["b"].WaitUntilReadyAsync(Token);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("c", "after"));
        foreach (var host in new[] { "a", "b", "c" })
            await HasAsync(host, acknowledged);
    }

    [Fact]
    public async Task Each_voter_in_turn_is_wiped_and_replaced()
    {
        await StartAsync();
        var acknowledged = new Dictionary<string, long>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await WipeAsync(name);
            var other = name == "a" ? "b" : "a";
            await _fleet[other].WaitUntilReadyAsync(Token);
            acknowledged[$"without-{name}"] = await _fleet.WriteAsync(other, $"without-{name}");
            await _fleet.RestartAsync(name);
            await WaitsAsync(name);
            await ReplaceAsync(other, name);
            await VotesAsync(name);
            await _fleet[name].WaitUntilReadyAsync(Token);
        }

        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "after"));
        foreach (var host in new[] { "a", "b", "c" })
            await HasAsync(host, acknowledged);
    }

    [Fact]
    public async Task A_voter_that_has_its_data_folder_is_not_replaced()
    {
        await StartAsync();
        using var answer = await _fleet.SendAsync("a", HttpMethod.Post, "/api/v1/cluster/hosts/b/replace");
        Assert.Equal(409, (int)answer.StatusCode);
        await _fleet.StopAsync("b");
        using var silent = await _fleet.SendAsync("a", HttpMethod.Post, "/api/v1/cluster/hosts/b/replace");
        Assert.Equal(409, (int)silent.StatusCode);
        using var nobody = await _fleet.SendAsync("a", HttpMethod.Post, "/api/v1/cluster/hosts/x/replace");
        Assert.Equal(404, (int)nobody.StatusCode);
    }

    [Fact]
    public async Task A_data_folder_whose_vote_was_given_away_does_not_start()
    {
        await StartAsync();
        await _fleet.StopAsync("c");
        var kept = _fleet.DataOf("c") + "-old";
        Directory.Move(_fleet.DataOf("c"), kept);
        await _fleet.RestartAsync("c");
        await WaitsAsync("c");
        await ReplaceAsync("a", "c");
        await VotesAsync("c");
        await WipeAsync("c");
        Directory.Move(kept, _fleet.DataOf("c"));
        var refused = await Assert.ThrowsAsync<StartFailedException>(() => _fleet.RestartAsync("c"));
        Assert.Contains("was given to another", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_fabric_begins_only_when_all_its_voters_run_unless_somebody_vouches()
    {
        await _fleet.StartVotersAsync(start: "ab");
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync("a")).GetProperty("notVoting").GetString()?.Contains("c cannot be asked", StringComparison.Ordinal) == true,
            () => "a does not say for whom it waits");
        Assert.Equal(JsonValueKind.Null, (await _fleet.NodeAsync("a")).GetProperty("fabricId").ValueKind);
        await Task.WhenAll(_fleet.StopAsync("a"), _fleet.StopAsync("b"));
        await Task.WhenAll(_fleet.RestartAsync("a", Vouched), _fleet.RestartAsync("b", Vouched));
        await _fleet["a"].WaitUntilReadyAsync(Token);
        await _fleet.WriteAsync("b", "start");

        static NodeOptions Vouched(NodeOptions options) => options with { Bootstrap = true };
    }

    private async Task StartAsync()
    {
        await _fleet.StartVotersAsync();
        await Eventually.HoldsAsync(
            async () => (await _fleet.JsonAsync("a", "/api/v1/cluster")).GetProperty("hosts").EnumerateArray()
                .Count(static host => host.GetProperty("since").ValueKind == JsonValueKind.Number) == 3,
            () => "the voters are not entered");
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "start"));
    }

    private async Task WipeAsync(string name)
    {
        await _fleet.StopAsync(name);
        Directory.Delete(_fleet.DataOf(name), recursive: true);
    }

    private Task WaitsAsync(string name) => Eventually.HoldsAsync(
        async () => (await _fleet.NodeAsync(name)).GetProperty("notVoting").GetString()?.Contains($"replace {name}", StringComparison.Ordinal) == true,
        () => $"{name} does not say that it waits");

    private async Task ReplaceAsync(string at, string name)
    {
        using var answer = await _fleet.SendAsync(at, HttpMethod.Post, $"/api/v1/cluster/hosts/{name}/replace");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task VotesAsync(string name)
    {
        JsonElement node = default;
        await Eventually.HoldsAsync(
            async () => (node = await _fleet.NodeAsync(name)).GetProperty("notVoting").ValueKind == JsonValueKind.Null
                && node.GetProperty("role").GetString() is "leader" or "follower",
            () => $"{name} does not vote: {node}");
    }

    /// <summary>Every acknowledged flag is there, in the revision that was acknowledged or a later one.</summary>
    private async Task HasAsync(string host, IReadOnlyDictionary<string, long> acknowledged)
    {
        var flags = (await _fleet.JsonAsync(host, "/api/v1/flags?consistency=local&limit=1000")).GetProperty("flags").EnumerateArray()
            .ToDictionary(static flag => flag.GetProperty("key").GetString()!, static flag => flag.GetProperty("revision").GetInt64());
        foreach (var (key, revision) in acknowledged)
            Assert.True(flags.TryGetValue(key, out var now) && now >= revision, $"{host} has lost {key} of revision {revision}");
    }

    /// <summary>About a hundred writes a second, at hosts in turn, each of a key of its own.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, long> _acknowledged = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Load(RealFleet fleet, params string[] at) => _running = Task.Run(async () =>
        {
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var key = $"load-{i % 500}";
                // Whatever is not acknowledged promises nothing.
                if (await fleet.TryWriteAsync(at[i % at.Length], key) is { } revision)
                    _acknowledged[key] = revision;
                await Task.Delay(10);
            }
        });

        public async Task MoreAsync(int writes)
        {
            var wanted = _acknowledged.Values.DefaultIfEmpty().Max() + writes;
            await Eventually.HoldsAsync(
                () => Task.FromResult(_acknowledged.Values.DefaultIfEmpty().Max() >= wanted), () => "writes are not acknowledged any more");
        }

        public async Task<IReadOnlyDictionary<string, long>> EndAsync()
        {
            await _stop.CancelAsync();
            await _running;
            return _acknowledged;
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _stop.Dispose();
        }
    }
}
