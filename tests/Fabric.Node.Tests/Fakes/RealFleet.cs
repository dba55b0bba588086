using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Voters and observers in this process, on the real log and on tables in files.</summary>
public sealed class RealFleet : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-fleet-").FullName;
    private readonly Dictionary<string, NodeHost> _hosts = [];
    private readonly Dictionary<string, NodeOptions> _options = [];
    private readonly Dictionary<string, FakeDoor> _doors = [];
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public NodeHost this[string name] => _hosts[name];

    public IEnumerable<string> Names => _hosts.Keys;

    /// <summary>Changes what each table is opened as; the name is the host's.</summary>
    public Func<string, IFlagTable, IFlagTable> Table { get; init; } = static (_, table) => table;

    /// <summary>Changes how voters keep their log.</summary>
    public Func<RaftOptions, RaftOptions> Raft { get; init; } = static options => options;

    /// <summary>Changes what hosts are put together from.</summary>
    public Func<NodeParts, NodeParts> Parts { get; init; } = static parts => parts;

    public Uri UrlOf(string name) => _options[name].Http[0] is { Port: > 0 } fixedPort ? new Uri($"http://{fixedPort}") : _hosts[name].Addresses[0];

    /// <summary>The door of a host's last start.</summary>
    public FakeDoor DoorOf(string name) => _doors[name];

    public string DataOf(string name) => Path.Combine(_folder, name);

    /// <summary>Starts voters <c>a b c</c>, or <c>a</c> alone, and waits until they are ready.</summary>
    /// <param name="count">One or three.</param>
    /// <param name="with">Changes their options.</param>
    /// <param name="start">Only those are started that stand here, and nobody is waited for.</param>
    public async Task StartVotersAsync(int count = 3, Func<NodeOptions, NodeOptions>? with = null, string? start = null)
    {
        var ports = Ports.Take(count * 2);
        var members = "abc"[..count].Select((name, i) => new NodeMember($"{name}", ports[i + count], new Uri($"http://{ports[i]}"))).ToArray();
        var chosen = members.Where(member => start?.Contains(member.Name, StringComparison.Ordinal) != false).ToArray();
        await Task.WhenAll(chosen.Select(member => StartAsync(Tuned(
            Options(member.Name, IPEndPoint.Parse(member.Http.Authority)) with { Members = members }, with))));
        foreach (var member in start is null ? chosen : [])
            await this[member.Name].WaitUntilReadyAsync(Token);
    }

    /// <summary>Starts an observer on a port that it keeps over restarts, and does not wait.</summary>
    public Task StartObserverAsync(string name, IEnumerable<string> fedBy, Func<NodeOptions, NodeOptions>? with = null) =>
        StartAsync(Tuned(Options(name, Ports.Take(1)[0]) with { Join = [.. fedBy.Select(UrlOf)] }, with));

    /// <summary>Ends a host in order; its folder stays.</summary>
    public async Task StopAsync(string name)
    {
        await _hosts[name].DisposeAsync();
        _hosts.Remove(name);
    }

    /// <summary>Starts a host that was stopped again, as it was.</summary>
    public Task RestartAsync(string name, Func<NodeOptions, NodeOptions>? with = null) => StartAsync(Tuned(_options[name], with));

    /// <summary>Writes a flag at a host, and gives the whole answer.</summary>
    public async Task<JsonElement> PutAsync(string host, string key, string query = "", string definition = TestNode.Bool)
    {
        using var content = new StringContent(definition, Encoding.UTF8, "application/json");
        using var answer = await _http.PutAsync(new Uri(UrlOf(host), $"/api/v1/flags/{key}{query}"), content, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Writes a flag where that can be; null where nobody acknowledged it.</summary>
    public async Task<long?> TryWriteAsync(string host, string key)
    {
        try
        {
            using var content = new StringContent(TestNode.Bool, Encoding.UTF8, "application/json");
            using var answer = await _http.PutAsync(new Uri(UrlOf(host), $"/api/v1/flags/{key}"), content, Token);
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("revision").GetInt64()
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Sends a request without a body.</summary>
    public async Task<HttpResponseMessage> SendAsync(string host, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(UrlOf(host), path));
        return await _http.SendAsync(request, Token);
    }

    /// <summary>Says at a host that so many observers are there, as their first message does, and keeps their connections.</summary>
    public async Task GreetAsync(string host, IEnumerable<string> names, CancellationToken until)
    {
        var greeted = names.Select(async name =>
        {
            var socket = new ClientWebSocket();
            until.Register(socket.Dispose);
            await socket.ConnectAsync(new UriBuilder(UrlOf(host)) { Scheme = "ws", Path = "/internal/v1/feed" }.Uri, Token);
            var hello = $$"""{"version":1,"name":"{{name}}","http":"http://127.0.0.1:1","fabric":null,"index":0,"digest":"0","identity":"{{Guid.NewGuid()}}"}""";
            await socket.SendAsync(new byte[] { 1 }.Concat(Encoding.UTF8.GetBytes(hello)).ToArray(), WebSocketMessageType.Binary, endOfMessage: true, Token);
        });
        await Task.WhenAll(greeted);
    }

    /// <summary>Attaches or withdraws at a host, and gives the whole answer.</summary>
    public async Task<JsonElement> AttachAsync(string host, HttpMethod method, string query, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(UrlOf(host), $"/api/v1/attachments{query}"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<long> WriteAsync(string host, string key) => (await PutAsync(host, key)).GetProperty("revision").GetInt64();

    public async Task<JsonElement> JsonAsync(string host, string path) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(UrlOf(host), path), Token)).RootElement;

    public Task<JsonElement> NodeAsync(string host) => JsonAsync(host, "/api/v1/node");

    /// <summary>Waits until programs on a host see a revision.</summary>
    public async Task TableReachesAsync(string host, long revision)
    {
        JsonElement node = default;
        await Eventually.HoldsAsync(async () =>
        {
            node = await NodeAsync(host);
            return node.GetProperty("tableRevision") is { ValueKind: JsonValueKind.Number } at && at.GetInt64() >= revision;
        }, () => $"the table of {host} stays below {revision}: {node}");
    }

    /// <summary>Waits until all tables that are at the same revision say the same, and all are at this one.</summary>
    public async Task ConvergesAsync(long revision)
    {
        foreach (var name in Names)
            await TableReachesAsync(name, revision);
        var nodes = await Task.WhenAll(Names.Select(NodeAsync));
        foreach (var group in nodes.GroupBy(static node => node.GetProperty("tableRevision").GetInt64()))
            Assert.Single(group.Select(static node => node.GetProperty("tableDigest").GetString()).Distinct());
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Values.Select(static host => host.DisposeAsync().AsTask()));
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static NodeOptions Tuned(NodeOptions options, Func<NodeOptions, NodeOptions>? with) => with?.Invoke(options) ?? options;

    private NodeOptions Options(string name, IPEndPoint http) => new() { Name = name, DataDirectory = DataOf(name), Http = [http] };

    private async Task StartAsync(NodeOptions options)
    {
        var door = new FakeDoor();
        var parts = new NodeParts
        {
            Door = door,
            OpenTable = identity => Table(options.Name, TablePlace.Open(
                new TableOwner(identity.Id, options.Name, identity.Capacity), Path.Combine(options.DataDirectory, "table"), _folder)),
            OpenConsensus = (raft, sink, loggers) => new RaftConsensus(Raft(raft with { MinFreeBytes = 0 }), sink, loggers),
            Logging = _ => { },
        };
        var host = await NodeHost.StartAsync(options, Parts(parts), Token);
        lock (_hosts)
            (_hosts[options.Name], _options[options.Name], _doors[options.Name]) = (host, options, door);
    }
}
