using System.Net;
using System.Text;
using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Tests.Fakes;

/// <summary>A real node on a real port, with a fake log and a fake table behind it.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-node-").FullName;

    private TestNode(string name, FakeLog log)
    {
        Log = log;
        Consensus = new FakeConsensus(name, log);
    }

    public const string Bool = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    /// <summary>The same flag with a prerequisite.</summary>
    public static string Needing(string flag) => Bool[..^1] + $$""","prerequisites":[{"flag":"{{flag}}","variant":"on"}]}""";

    public FakeLog Log { get; }
    public FakeConsensus Consensus { get; }
    public FakeTable Table { get; } = new();
    public FakeDoor Door { get; } = new();
    public NodeHost Host { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;

    public static Task<TestNode> StartAsync(int capacity = 16, Func<NodeOptions, NodeOptions>? with = null, Func<NodeParts, NodeParts>? parts = null) =>
        StartAsync("a", new FakeLog(capacity), new IPEndPoint(IPAddress.Loopback, 0), [], with, parts: parts);

    /// <summary>A node with a table as hosts have it, in a file.</summary>
    public static Task<TestNode> StartWithTableAsync(int capacity = 16) =>
        StartAsync("a", new FakeLog(capacity), new IPEndPoint(IPAddress.Loopback, 0), [], null, (node, identity) => TablePlace.Open(
            new TableOwner(identity.Id, "a", identity.Capacity), Path.Combine(node._folder, "table"), node._folder));

    public static async Task<TestNode> StartAsync(
        string name, FakeLog log, IPEndPoint http, IReadOnlyList<NodeMember> members, Func<NodeOptions, NodeOptions>? with = null,
        Func<TestNode, FabricIdentity, IFlagTable>? open = null, Func<NodeParts, NodeParts>? parts = null)
    {
        var node = new TestNode(name, log);
        var options = new NodeOptions
        {
            Name = name,
            DataDirectory = node._folder,
            Http = [http],
            Members = members,
            WriteTimeout = TimeSpan.FromSeconds(2),
            ReadTimeout = TimeSpan.FromSeconds(2),
        };
        var made = new NodeParts
        {
            OpenTable = identity => open?.Invoke(node, identity) ?? node.Table,
            OpenConsensus = (_, sink, _) =>
            {
                node.Consensus.Listen(sink);
                return node.Consensus;
            },
            Door = node.Door,
            Logging = _ => { },
        };
        node.Host = await NodeHost.StartAsync(with?.Invoke(options) ?? options, parts?.Invoke(made) ?? made, TestContext.Current.CancellationToken);
        node.Client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = node.Host.Addresses[0] };
        return node;
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(request, headers);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType,
            text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers.ETag?.Tag, response);
    }

    public Task<Answer> GetAsync(string path, params (string, string)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PutAsync(string key, string body, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Put, $"/api/v1/flags/{key}", body, headers);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await Host.DisposeAsync();
        Assert.True(Consensus.Disposed);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What a node answered.</summary>
public sealed record Answer(int Status, string? Type, JsonElement Body, string? ETag, HttpResponseMessage Response)
{
    public string Kind => Body.GetProperty("type").GetString()!["urn:fabric:problem:".Length..];
    public string Detail => Body.GetProperty("detail").GetString()!;
    public long Revision => Body.GetProperty("revision").GetInt64();
    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public string[] ErrorPaths => [.. Body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("path").GetString()!)];
}
