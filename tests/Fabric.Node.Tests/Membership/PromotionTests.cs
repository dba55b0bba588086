using System.Net;
using System.Text.Json;
using Fabric.Node.Hosting;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Membership;

/// <summary>An observer gets the vote of a voter; there are three voters before and after.</summary>
public sealed class PromotionTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task An_observer_gets_the_vote_of_a_dead_voter_and_is_needed_for_the_majority_afterwards()
    {
        await StartAsync();
        var loses = await FollowerAsync();
        await _fleet.StopAsync(loses);
        await PromoteAsync(Other(loses), "d");
        await VotesAsync("d");
        var acknowledged = new Dictionary<string, long>();
        for (var i = 0; i < 20; i++)
            acknowledged[$"flag-{i}"] = await _fleet.WriteAsync(Other(loses), $"flag-{i}");

        // With one of the old voters down, every write needs the new one's copy.
        var leader = await LeaderAsync(Other(loses));
        await _fleet.StopAsync(leader);
        var left = "abc".Select(static name => $"{name}").Single(name => name != loses && name != leader);
        await _fleet[left].WaitUntilReadyAsync(Token);
        for (var i = 20; i < 40; i++)
            acknowledged[$"flag-{i}"] = await _fleet.WriteAsync("d", $"flag-{i}");
        await HasAsync("d", acknowledged);
        await HasAsync(left, acknowledged);

        await _fleet.RestartAsync(leader);
        await _fleet[leader].WaitUntilReadyAsync(Token);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync(leader, "after"));
        var voters = (await _fleet.JsonAsync(leader, "/api/v1/cluster")).GetProperty("members").EnumerateArray().Select(static one => one.GetProperty("name").GetString());
        Assert.Equal(new[] { leader, left, "d" }.Order(), voters.Order());
    }

    [Fact]
    public async Task All_three_voters_go_on_with_the_new_list_after_all_of_them_were_down()
    {
        await StartAsync();
        var loses = await FollowerAsync();
        await _fleet.StopAsync(loses);
        await PromoteAsync(Other(loses), "d");
        await VotesAsync("d");
        var last = await _fleet.WriteAsync("d", "before");
        var voters = "abcd".Select(static name => $"{name}").Where(name => name != loses).ToArray();
        await Task.WhenAll(voters.Select(_fleet.StopAsync));
        await Task.WhenAll(voters.Select(name => _fleet.RestartAsync(name)));
        foreach (var name in voters)
            await _fleet[name].WaitUntilReadyAsync(Token);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("d", "after"));
        await HasAsync(voters[0], new Dictionary<string, long> { ["before"] = last });
        Assert.Equal(JsonValueKind.Null, (await _fleet.NodeAsync("d")).GetProperty("notVoting").ValueKind);
    }

    [Fact]
    public async Task The_voter_that_lost_its_vote_elects_nobody_and_its_folder_is_refused_at_the_next_start()
    {
        await StartAsync();
        var loses = await FollowerAsync();
        await PromoteAsync(Other(loses), "d", $"?replaces={loses}");
        await VotesAsync("d");
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync(loses)).GetProperty("notVoting").GetString()?.Contains("given to another", StringComparison.Ordinal) == true,
            () => $"{loses} does not say that it has no vote any more");
        Assert.Equal(JsonValueKind.Null, (await _fleet.NodeAsync(loses)).GetProperty("leader").ValueKind);
        await _fleet.StopAsync(loses);
        var refused = await Assert.ThrowsAsync<StartFailedException>(() => _fleet.RestartAsync(loses));
        Assert.Contains("given to another", refused.Message, StringComparison.Ordinal);

        // With an empty folder and as before it follows, and may have a vote again.
        Directory.Delete(_fleet.DataOf(loses), recursive: true);
        await _fleet.RestartAsync(loses, options => options with { Members = [], Join = [_fleet.UrlOf("d")], Raft = options.Members.Single(member => member.Name == loses).Raft });
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("d", "again"));
        var leader = await LeaderAsync("d");
        var next = (await _fleet.JsonAsync("d", "/api/v1/cluster")).GetProperty("members").EnumerateArray()
            .Select(static one => one.GetProperty("name").GetString()!).First(name => name != leader);
        await EnteredAsync(loses);
        await PromoteAsync(leader, loses, $"?replaces={next}");
        await VotesAsync(loses);
    }

    [Fact]
    public async Task What_cannot_be_done_safely_is_refused_with_the_reason()
    {
        await StartAsync();
        await RefusedAsync("d", "", 409, "name the one whose vote");
        await RefusedAsync("x", "", 404, "no host");
        await RefusedAsync("b", "?replaces=a", 409, "votes already");
        await RefusedAsync("d", $"?replaces={await LeaderAsync("a")}", 409, "transfer-leader");
        await RefusedAsync("d", "?replaces=x", 404, "no voter");
        await _fleet.StartObserverAsync("mute", ["a"]);
        await EnteredAsync("mute");
        await RefusedAsync("mute", "?replaces=b", 409, "--raft");
        var loses = await FollowerAsync();
        await _fleet.StopAsync("abc".Select(static name => $"{name}").First(name => name != loses && name != "a"));
        await RefusedAsync("d", "?replaces=a", 409, "");
    }

    [Fact]
    public async Task A_fabric_of_one_voter_does_not_grow_by_promotion_and_says_what_to_do()
    {
        await _fleet.StartVotersAsync(count: 1);
        await StartCandidateAsync();
        await RefusedAsync("d", "?replaces=a", 409, "backup");
    }

    [Fact]
    public async Task A_dead_voters_old_folder_takes_part_in_no_vote_where_no_peer_can_be_asked()
    {
        await StartAsync();
        var loses = await FollowerAsync();
        await _fleet.StopAsync(loses);
        await PromoteAsync(Other(loses), "d");
        await VotesAsync("d");
        var last = await _fleet.WriteAsync("d", "x");
        foreach (var name in "abcd".Select(static name => $"{name}").Where(name => name != loses))
            await _fleet.StopAsync(name);
        await _fleet.RestartAsync(loses);
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync(loses)).GetProperty("notVoting").GetString()?.Contains("no other voter was heard", StringComparison.Ordinal) == true,
            () => "it does not wait for another voter");
        // One that knows is enough for it to learn that it has no vote.
        await _fleet.RestartAsync(Other(loses));
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync(loses)).GetProperty("notVoting").GetString()?.Contains("given to another", StringComparison.Ordinal) == true,
            () => "it does not learn that its vote was given away");
        Assert.Equal(JsonValueKind.Null, (await _fleet.NodeAsync(loses)).GetProperty("leader").ValueKind);
        await _fleet.RestartAsync("d");
        await _fleet["d"].WaitUntilReadyAsync(Token);
        await HasAsync("d", new Dictionary<string, long> { ["x"] = last });
    }

    private async Task StartAsync()
    {
        await _fleet.StartVotersAsync();
        foreach (var voter in "abc")
            await EnteredAsync($"{voter}");
        await StartCandidateAsync();
    }

    private async Task StartCandidateAsync()
    {
        var raft = Ports.Take(1)[0];
        await _fleet.StartObserverAsync("d", _fleet.Names.ToArray(), options => options with { Raft = raft });
        await EnteredAsync("d");
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "start"));
    }

    private Task EnteredAsync(string name) => Eventually.HoldsAsync(
        async () => (await _fleet.JsonAsync(Any(name), "/api/v1/cluster")).GetProperty("hosts").EnumerateArray()
            .Any(host => host.GetProperty("name").GetString() == name && host.GetProperty("since").ValueKind == JsonValueKind.Number),
        () => $"{name} is not entered");

    private string Any(string but) => _fleet.Names.First(name => name != but);

    private static string Other(string than) => than == "a" ? "b" : "a";

    private async Task<string> LeaderAsync(string at)
    {
        string? leader = null;
        await Eventually.HoldsAsync(async () => (leader = (await _fleet.NodeAsync(at)).GetProperty("leader").GetString()) is not null, () => "nobody leads");
        return leader!;
    }

    private async Task<string> FollowerAsync()
    {
        var leader = await LeaderAsync("a");
        return leader == "c" ? "b" : "c";
    }

    private async Task PromoteAsync(string at, string name, string query = "")
    {
        using var answer = await _fleet.SendAsync(at, HttpMethod.Post, $"/api/v1/cluster/hosts/{name}/promote{query}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task RefusedAsync(string name, string query, int status, string because)
    {
        using var answer = await _fleet.SendAsync("a", HttpMethod.Post, $"/api/v1/cluster/hosts/{name}/promote{query}");
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Contains(because, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task VotesAsync(string name)
    {
        JsonElement node = default;
        await Eventually.HoldsAsync(
            async () => (node = await _fleet.NodeAsync(name)).GetProperty("role").GetString() is "leader" or "follower",
            () => $"{name} does not vote: {node}");
    }

    private async Task HasAsync(string host, IReadOnlyDictionary<string, long> acknowledged)
    {
        var flags = (await _fleet.JsonAsync(host, "/api/v1/flags?consistency=local&limit=1000")).GetProperty("flags").EnumerateArray()
            .ToDictionary(static flag => flag.GetProperty("key").GetString()!, static flag => flag.GetProperty("revision").GetInt64());
        foreach (var (key, revision) in acknowledged)
            Assert.True(flags.TryGetValue(key, out var now) && now >= revision, $"{host} has lost {key} of revision {revision}");
    }
}
