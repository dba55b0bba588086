using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Attachments;

/// <summary>Attachments on the real log: over restarts and snapshots, and on hosts that do not vote.</summary>
public sealed class RealAttachmentsTests : IAsyncDisposable
{
    private static readonly string[] Voters = ["a", "b", "c"];
    private readonly RealFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private Task<JsonElement> PutAsync(string host, string name, string query = "") =>
        _fleet.AttachAsync(host, HttpMethod.Put, query, $$"""{"exe":"/opt/{{name}}","symbol":"f"}""");

    private Task HasAsync(string host, params string[] exes) => Eventually.HoldsAsync(
        () => _fleet.DoorOf(host).Wanted is { } wanted && exes.ToHashSet().SetEquals(wanted.Select(static one => one.Exe)), seconds: 30);

    private async Task<string[]> StatesAsync(string asked)
    {
        var list = await _fleet.AttachAsync(asked, HttpMethod.Get, "?consistency=local");
        return [.. list.GetProperty("attachments")[0].GetProperty("hosts").EnumerateArray()
            .Select(static host => $"{host.GetProperty("host").GetString()} {host.GetProperty("state").GetString()}")];
    }

    [Fact]
    public async Task They_are_on_every_host_after_each_was_started_anew_and_are_withdrawn_from_all()
    {
        await _fleet.StartVotersAsync();
        await PutAsync("a", "one");
        await PutAsync("b", "two");
        foreach (var name in Voters)
            await HasAsync(name, "/opt/one", "/opt/two");

        foreach (var name in Voters.Reverse())
        {
            var before = _fleet.DoorOf(name);
            await _fleet.StopAsync(name);
            Assert.True(before.Disposed);
            await _fleet.RestartAsync(name);
            await HasAsync(name, "/opt/one", "/opt/two");
            Assert.Equal(1, _fleet.DoorOf(name).Told);
            await _fleet[name].WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        }

        await _fleet.AttachAsync("c", HttpMethod.Delete, "?exe=/opt/one&symbol=f");
        foreach (var name in Voters)
            await HasAsync(name, "/opt/two");
    }

    [Fact]
    public async Task A_host_that_starts_from_anothers_snapshot_has_what_was_attached_before_it()
    {
        await _fleet.StartVotersAsync();
        await PutAsync("a", "one");
        await _fleet.StopAsync("c");
        Directory.Delete(_fleet.DataOf("c"), recursive: true);
        for (var i = 0; i < 60; i++)
            await Task.WhenAll(Enumerable.Range(0, 40).Select(k => _fleet.WriteAsync("a", $"flag{k % 10}")));

        await _fleet.RestartAsync("c");
        await HasAsync("c", "/opt/one");
        // It votes again from a snapshot of what it followed.
        using (var replaced = await _fleet.SendAsync("a", HttpMethod.Post, "/api/v1/cluster/hosts/c/replace"))
            Assert.True(replaced.IsSuccessStatusCode, await replaced.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Eventually.HoldsAsync(
            async () => (await _fleet.NodeAsync("c")).GetProperty("notVoting").ValueKind == System.Text.Json.JsonValueKind.Null, () => "c does not vote");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_fleet.DataOf("c"), "snapshots")));
        await HasAsync("c", "/opt/one");
    }

    [Fact]
    public async Task A_host_that_does_not_vote_attaches_and_is_told_of_like_any_other()
    {
        await _fleet.StartVotersAsync(1);
        await _fleet.StartObserverAsync("z", ["a"]);
        await _fleet["z"].WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        _fleet.DoorOf("z").Appear("/opt/one", null);
        var put = await PutAsync("z", "one", "?wait=fleet&timeout=20s");
        Assert.Equal("""["a","z"]""", put.GetProperty("fleet").GetProperty("applied").GetRawText());
        await HasAsync("a", "/opt/one");
        await HasAsync("z", "/opt/one");
        await Eventually.HoldsAsync(async () => (await StatesAsync("a")).SequenceEqual(["a absent", "z attached"]), () => "a does not tell of z");
        Assert.Equal(["a absent", "z attached"], await StatesAsync("z"));

        await _fleet.StopAsync("z");
        await Eventually.HoldsAsync(async () => (await StatesAsync("a")).SequenceEqual(["a absent", "z unreachable"]), () => "a tells of z as if it were there");
    }
}
