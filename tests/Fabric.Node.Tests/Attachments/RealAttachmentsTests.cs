using System.Text;
using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Attachments;

/// <summary>Attachments on the real log, over restarts and a snapshot.</summary>
public sealed class RealAttachmentsTests : IAsyncDisposable
{
    private const string Route = "/api/v1/attachments";
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-attached-").FullName;
    private readonly Dictionary<string, NodeHost> _hosts = [];
    private readonly Dictionary<string, FakeDoor> _doors = [];
    private readonly System.Net.IPEndPoint[] _ports = Ports.Take(6);
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
            await host.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Attachments_are_on_every_host_after_each_was_started_anew_and_are_withdrawn_from_all()
    {
        await Task.WhenAll(StartAsync("a"), StartAsync("b"), StartAsync("c"));
        await PutAsync("a", "one");
        await PutAsync("b", "two");
        foreach (var door in _doors.Values)
            await Eventually.HoldsAsync(() => door.Wanted?.Count == 2, seconds: 20);

        foreach (var name in new[] { "c", "b", "a" })
        {
            await _hosts[name].DisposeAsync();
            Assert.True(_doors[name].Disposed);
            await StartAsync(name);
            await Eventually.HoldsAsync(() => _doors[name].Wanted?.Count == 2, seconds: 20);
            Assert.Equal(1, _doors[name].Told);
        }

        using var gone = await _http.DeleteAsync(new Uri(_hosts["c"].Addresses[0], $"{Route}?exe=/opt/one&symbol=f"), Token);
        Assert.Equal(200, (int)gone.StatusCode);
        foreach (var door in _doors.Values)
            await Eventually.HoldsAsync(() => door.Wanted is [{ Exe: "/opt/two" }], seconds: 20);
        var states = await Task.WhenAll(_hosts.Values.Select(StateDigestAsync));
        Assert.Single(states.Distinct());
    }

    [Fact]
    public async Task A_host_that_starts_from_anothers_snapshot_has_what_was_attached_before_it()
    {
        await Task.WhenAll(StartAsync("a"), StartAsync("b"));
        await PutAsync("a", "one");
        for (var i = 0; i < 60; i++)
            await Task.WhenAll(Enumerable.Range(0, 40).Select(k => FlagAsync("a", $"flag{k}")));

        await StartAsync("c");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder, "c", "snapshots")));
        await Eventually.HoldsAsync(() => _doors["c"].Wanted is [{ Exe: "/opt/one" }], seconds: 20);
    }

    private async Task StartAsync(string name)
    {
        var members = "abc".Select((member, i) => new NodeMember($"{member}", _ports[i + 3], new Uri($"http://{_ports[i]}"))).ToArray();
        var door = new FakeDoor();
        var options = new NodeOptions
        {
            Name = name,
            DataDirectory = Path.Combine(_folder, name),
            Http = [_ports[name[0] - 'a']],
            Members = members,
        };
        var parts = new NodeParts
        {
            OpenTable = identity => TablePlace.Open(
                new TableOwner(identity.Id, name, identity.Capacity), Path.Combine(_folder, name, "table"), _folder, out _),
            OpenConsensus = (raft, sink, loggers) => new RaftConsensus(raft, sink, loggers),
            Door = door,
            Logging = _ => { },
        };
        var host = await NodeHost.StartAsync(options, parts, Token);
        lock (_hosts)
            (_hosts[name], _doors[name]) = (host, door);
    }

    private Task PutAsync(string host, string name) => WriteAsync(host, Route, $$"""{"exe":"/opt/{{name}}","symbol":"f"}""");

    private Task FlagAsync(string host, string key) => WriteAsync(host, $"/api/v1/flags/{key}", TestNode.Bool);

    private async Task WriteAsync(string host, string path, string body)
    {
        await _hosts[host].WaitUntilReadyAsync(Token);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PutAsync(new Uri(_hosts[host].Addresses[0], path), content, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<string> StateDigestAsync(NodeHost host) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(host.Addresses[0], "/api/v1/node"), Token)).RootElement.GetProperty("stateDigest").GetRawText();
}
