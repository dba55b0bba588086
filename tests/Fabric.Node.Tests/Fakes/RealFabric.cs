using System.Net;
using System.Text;
using System.Text.Json;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Three nodes on the real log, in this process, that can be stopped and started again.</summary>
public sealed class RealFabric : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-three-").FullName;
    private readonly NodeMember[] _members;
    private readonly NodeHost?[] _hosts = new NodeHost?[3];
    private readonly Func<NodeOptions, NodeOptions> _with;

    private RealFabric(Func<NodeOptions, NodeOptions> with)
    {
        _with = with;
        var ports = Ports.Take(6);
        _members = [.. "abc".Select((name, i) => new NodeMember($"{name}", ports[i + 3], new Uri($"http://{ports[i]}")))];
    }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RealFabric> StartAsync(Func<NodeOptions, NodeOptions>? with = null)
    {
        var fabric = new RealFabric(with ?? (static options => options));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(fabric.StartAsync));
        return fabric;
    }

    public Uri AddressOf(int index) => _members[index].Http;

    public string DataOf(int index) => Path.Combine(_folder, _members[index].Name);

    /// <summary>Starts a node, with what it had before.</summary>
    public async Task StartAsync(int index)
    {
        var (own, members) = (_members[index], _members);
        var options = _with(new NodeOptions
        {
            Name = own.Name,
            DataDirectory = DataOf(index),
            Http = [IPEndPoint.Parse(own.Http.Authority)],
            Members = members,
        });
        _hosts[index] = await NodeHost.StartAsync(options, new NodeParts
        {
            OpenTable = _ => new FakeTable(),
            OpenConsensus = (raft, sink, loggers) => new RaftConsensus(raft, sink, loggers),
            Logging = _ => { },
        }, Token);
    }

    public async Task StopAsync(int index)
    {
        await _hosts[index]!.DisposeAsync();
        _hosts[index] = null;
    }

    /// <summary>Puts a flag at a node; null when no node took it for certain.</summary>
    public async Task<long?> PutAsync(int index, string key)
    {
        try
        {
            using var content = new StringContent(TestNode.Bool, Encoding.UTF8, "application/json");
            using var answer = await Client.PutAsync(new Uri(AddressOf(index), $"/api/v1/flags/{key}"), content, Token);
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("revision").GetInt64()
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (host is not null)
                await host.DisposeAsync();
        }

        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
