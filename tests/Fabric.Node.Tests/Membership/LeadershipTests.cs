using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Membership;

/// <summary>Leadership is handed over, and a voter that stays away is replaced where the operator wants that.</summary>
public sealed class LeadershipTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Leadership_goes_to_the_voter_that_is_named_whichever_node_is_asked_and_writes_go_on()
    {
        await _fleet.StartVotersAsync();
        await _fleet.WriteAsync("a", "before");
        var asked = 0;
        foreach (var to in new[] { "c", "a", "b", "a" })
        {
            var (status, body) = await TransferAsync("abc"[asked++ % 3], $"?to={to}");
            Assert.True(status == 200, $"{body}");
            Assert.Equal(to, body.GetProperty("leader").GetString());
            await _fleet.WriteAsync(to, $"at-{to}");
            Assert.Equal(to, (await _fleet.NodeAsync("b")).GetProperty("leader").GetString());
        }

        var (any, left) = await TransferAsync('b', "");
        Assert.Equal(200, any);
        Assert.NotEqual("a", left.GetProperty("leader").GetString());
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("c", "after"));
    }

    [Fact]
    public async Task Leadership_that_cannot_be_handed_to_the_named_voter_stays_where_it_is()
    {
        await _fleet.StartVotersAsync();
        await TransferAsync('b', "?to=a");
        await _fleet.StopAsync("c");
        var (status, body) = await TransferAsync('a', "?to=c");
        Assert.Equal(409, status);
        Assert.Contains("c does not answer", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("a", (await _fleet.NodeAsync("a")).GetProperty("leader").GetString());
        Assert.Equal(404, (await TransferAsync('a', "?to=x")).Status);
        await _fleet.WriteAsync("b", "still");
    }

    [Fact]
    public async Task A_voter_that_stays_away_is_replaced_by_a_host_that_can_vote_and_that_is_preferred()
    {
        await _fleet.StartVotersAsync(with: static options => options with { ReplaceAfter = TimeSpan.FromSeconds(1) });
        var raft = Ports.Take(2);
        await _fleet.StartObserverAsync("mute", ["a", "b"]);
        await _fleet.StartObserverAsync("d", ["a", "b"], options => options with { Raft = raft[0] });
        await _fleet.StartObserverAsync("e", ["a", "b"], options => options with { Raft = raft[1], Labels = new Dictionary<string, string> { ["candidate"] = "yes" } });
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "start"));
        foreach (var host in "abcde")
            await EnteredAsync($"{host}");
        await TransferAsync('a', "?to=a");
        await _fleet.StopAsync("c");
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync("e")).GetProperty("role").GetString() is "leader" or "follower", () => "e does not get the vote");
        Assert.Equal("observer", (await _fleet.NodeAsync("d")).GetProperty("role").GetString());
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("d", "after"));

        // The one that is left without a second replacement at hand that votes: two are silent, and nobody is given up.
        await Task.WhenAll(_fleet.StopAsync("b"), _fleet.StopAsync("e"));
        await Task.Delay(3_000, Token);
        Assert.Equal("observer", (await _fleet.NodeAsync("d")).GetProperty("role").GetString());
    }

    private Task EnteredAsync(string name) => Eventually.HoldsAsync(
        async () => (await _fleet.JsonAsync("a", "/api/v1/cluster")).GetProperty("hosts").EnumerateArray()
            .Any(host => host.GetProperty("name").GetString() == name && host.GetProperty("since").ValueKind == JsonValueKind.Number),
        () => $"{name} is not entered");

    private async Task<(int Status, JsonElement Body)> TransferAsync(char at, string query)
    {
        using var answer = await _fleet.SendAsync($"{at}", HttpMethod.Post, $"/api/v1/cluster/leader{query}");
        return ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement);
    }
}
