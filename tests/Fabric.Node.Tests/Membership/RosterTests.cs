using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Membership;

/// <summary>The list of hosts in the log of a living fabric.</summary>
public sealed class RosterTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Voters_and_observers_at_any_distance_are_entered_with_their_identities()
    {
        await _fleet.StartVotersAsync();
        await _fleet.StartObserverAsync("o1", ["a"]);
        await _fleet.TableReachesAsync("o1", await _fleet.WriteAsync("a", "start"));
        await _fleet.StartObserverAsync("o2", ["o1"]);
        foreach (var at in new[] { "a", "o2" })
            await ListsAsync(at, "a", "b", "c", "o1", "o2");
        foreach (var host in (await _fleet.JsonAsync("b", "/api/v1/cluster")).GetProperty("hosts").EnumerateArray())
        {
            var name = host.GetProperty("name").GetString()!;
            Assert.Equal((await _fleet.NodeAsync(name)).GetProperty("identity").GetGuid(), host.GetProperty("identity").GetGuid());
            Assert.Equal(name.Length == 1, host.GetProperty("voter").GetBoolean());
        }
    }

    [Fact]
    public async Task Two_hundred_that_join_at_once_are_a_few_entries()
    {
        await _fleet.StartVotersAsync(1, static options => options with { Limits = options.Limits with { Observers = 256 } });
        await ListsAsync("a", "a");
        var before = (await _fleet.NodeAsync("a")).GetProperty("appliedRevision").GetInt64();
        using var ends = new CancellationTokenSource();
        var hosts = Enumerable.Range(0, 200).Select(i => $"web-{i}").ToArray();
        await _fleet.GreetAsync("a", hosts, ends.Token);
        await ListsAsync("a", ["a", .. hosts]);
        Assert.InRange((await _fleet.NodeAsync("a")).GetProperty("appliedRevision").GetInt64() - before, 1, 40);
        await ends.CancelAsync();
    }

    [Fact]
    public async Task A_host_that_nobody_has_heard_of_since_all_voters_started_is_named_as_behind()
    {
        await _fleet.StartVotersAsync();
        await _fleet.StartObserverAsync("o1", ["b"]);
        await ListsAsync("a", "a", "b", "c", "o1");
        await _fleet.StopAsync("o1");
        await Task.WhenAll(_fleet.StopAsync("a"), _fleet.StopAsync("b"), _fleet.StopAsync("c"));
        await Task.WhenAll(_fleet.RestartAsync("a"), _fleet.RestartAsync("b"), _fleet.RestartAsync("c"));
        await _fleet["a"].WaitUntilReadyAsync(Token);
        var answer = await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=20s");
        var behind = Assert.Single(answer.GetProperty("fleet").GetProperty("behind").EnumerateArray());
        Assert.Equal("o1", behind.GetProperty("host").GetString());
        Assert.Equal(0, behind.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task A_host_that_is_removed_is_fed_no_more_and_not_waited_for_and_joins_anew_with_an_empty_folder()
    {
        await _fleet.StartVotersAsync();
        await _fleet.StartObserverAsync("o1", ["a", "b", "c"]);
        await ListsAsync("b", "a", "b", "c", "o1");
        using (var answer = await _fleet.SendAsync("c", HttpMethod.Delete, "/api/v1/cluster/hosts/o1"))
            Assert.Equal(200, (int)answer.StatusCode);
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync("o1")).GetProperty("notReady").GetString()?.Contains("taken out", StringComparison.Ordinal) == true,
            () => "o1 is still fed");
        await ListsAsync("a", "a", "b", "c");
        Assert.Empty((await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=30s")).GetProperty("fleet").GetProperty("behind").EnumerateArray());
        var old = (await _fleet.NodeAsync("o1")).GetProperty("identity").GetGuid();

        await _fleet.StopAsync("o1");
        Directory.Delete(_fleet.DataOf("o1"), recursive: true);
        await _fleet.RestartAsync("o1");
        await ListsAsync("a", "a", "b", "c", "o1");
        Assert.NotEqual(old, (await _fleet.NodeAsync("o1")).GetProperty("identity").GetGuid());
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("o1", "checkout"));
    }

    [Fact]
    public async Task Neither_a_voter_nor_a_host_that_is_not_there_is_removed()
    {
        await _fleet.StartVotersAsync();
        await ListsAsync("a", "a", "b", "c");
        using var voter = await _fleet.SendAsync("a", HttpMethod.Delete, "/api/v1/cluster/hosts/b");
        Assert.Equal(409, (int)voter.StatusCode);
        using var nobody = await _fleet.SendAsync("a", HttpMethod.Delete, "/api/v1/cluster/hosts/nobody");
        Assert.Equal(404, (int)nobody.StatusCode);
        await ListsAsync("a", "a", "b", "c");
    }

    /// <summary>Waits until the list that a host has applied holds these and nobody else.</summary>
    private async Task ListsAsync(string at, params string[] names)
    {
        string[] listed = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                var hosts = (await _fleet.JsonAsync(at, "/api/v1/cluster")).GetProperty("hosts").EnumerateArray();
                listed = [.. hosts.Where(static host => host.GetProperty("since").ValueKind == JsonValueKind.Number).Select(static host => host.GetProperty("name").GetString()!)];
                return listed.SequenceEqual(names.Order(StringComparer.Ordinal));
            },
            () => $"the list at {at} is {string.Join(", ", listed)}");
    }
}
