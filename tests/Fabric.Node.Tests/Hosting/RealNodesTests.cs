using System.Text;
using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Hosting;

/// <summary>Nodes on the real log and on real tables, in this process.</summary>
public sealed class RealNodesTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-real-").FullName;
    private readonly List<NodeHost> _hosts = [];
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_node_alone_takes_writes_and_has_them_after_a_restart()
    {
        var host = await AloneAsync();
        var put = await PutAsync(host, "checkout");
        await TableReachesAsync(host, put);
        var before = await NodeAsync(host);
        await host.DisposeAsync();

        var again = await AloneAsync();
        await TableReachesAsync(again, put);
        var after = await NodeAsync(again);
        Assert.Equal(before.GetProperty("tableDigest").GetString(), after.GetProperty("tableDigest").GetString());
        Assert.Equal(put, (await JsonAsync(again, "/api/v1/flags/checkout")).GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task A_flag_that_only_http_evaluates_is_evaluated_by_every_node_also_after_a_restart()
    {
        const string rule = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on"]}}""";
        var host = await AloneAsync();
        using var content = new StringContent(rule, Encoding.UTF8, "application/json");
        using var put = await _http.PutAsync(new Uri(host.Addresses[0], "/api/v1/flags/checkout"), content, Token);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Token));
        Assert.Equal("[\"http\"]", (await JsonAsync(host, "/api/v1/flags/checkout")).GetProperty("evaluableIn").GetRawText());
        await EvaluatesAsync(host);
        await host.DisposeAsync();

        await EvaluatesAsync(await AloneAsync());

        async Task EvaluatesAsync(NodeHost asked)
        {
            using var context = new StringContent("""{"context":{"roles":["user","admin"]}}""", Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri(asked.Addresses[0], "/ofrep/v1/evaluate/flags/checkout"), context, Token);
            Assert.Equal("""{"key":"checkout","reason":"TARGETING_MATCH","variant":"on","value":true}""", await answer.Content.ReadAsStringAsync(Token));
        }
    }

    [Fact]
    public async Task A_write_at_each_of_three_nodes_is_in_every_table_with_one_digest()
    {
        var hosts = await ThreeAsync();
        var last = 0L;
        for (var i = 0; i < 30; i++)
            last = await PutAsync(hosts[i % 3], $"flag{i % 7}");
        foreach (var host in hosts)
            await TableReachesAsync(host, last);

        var nodes = await Task.WhenAll(hosts.Select(NodeAsync));
        Assert.Single(nodes.Select(node => node.GetProperty("tableDigest").GetString()).Distinct());
        var cluster = await JsonAsync(hosts[1], "/api/v1/cluster");
        Assert.Equal(0, cluster.GetProperty("diverged").GetArrayLength());
        Assert.Equal(["a", "b", "c"], cluster.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_write_survives_the_end_of_its_leader()
    {
        var hosts = await ThreeAsync();
        var first = await PutAsync(hosts[0], "checkout");
        var leader = (await NodeAsync(hosts[0])).GetProperty("leader").GetString();
        var rest = hosts.Where((_, i) => $"{"abc"[i]}" != leader).ToArray();
        await hosts.Except(rest).Single().DisposeAsync();

        var second = await PutAsync(rest[0], "checkout");
        Assert.True(second > first);
        await TableReachesAsync(rest[1], second);
        Assert.Equal(second, (await JsonAsync(rest[1], "/api/v1/flags/checkout")).GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task Without_a_majority_a_write_is_never_called_applied()
    {
        var hosts = await ThreeAsync(options => options with { WriteTimeout = TimeSpan.FromSeconds(1.5) });
        await PutAsync(hosts[0], "checkout");
        await hosts[1].DisposeAsync();
        await hosts[2].DisposeAsync();
        using var content = Content();
        using var answer = await _http.PutAsync(new Uri(hosts[0].Addresses[0], "/api/v1/flags/checkout"), content, Token);
        Assert.InRange((int)answer.StatusCode, 503, 504);
        var applied = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("applied").GetString();
        Assert.Equal((int)answer.StatusCode == 503 ? "no" : "unknown", applied);
    }

    [Fact]
    public async Task A_node_that_is_far_behind_starts_from_anothers_snapshot()
    {
        var ports = Ports.Take(6);
        var hosts = new[] { await StartAsync(0, ports, Vouched), await StartAsync(1, ports, Vouched) };
        await hosts[0].WaitUntilReadyAsync(Token);
        var last = 0L;
        // Forty at once: the log groups them, and the fabric grows past what Raft alone is left to bring.
        for (var i = 0; i < 60; i++)
            last = (await Task.WhenAll(Enumerable.Range(0, 40).Select(k => PutAsync(hosts[0], $"flag{k}")))).Max();

        var late = await StartAsync(2, ports, Vouched);
        await TableReachesAsync(late, last);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder, "c", "snapshots")));

        // The third has never run, which nobody but whoever starts the others can know.
        static NodeOptions Vouched(NodeOptions options) => options with { Bootstrap = true };
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_words()
    {
        var host = await AloneAsync();
        var failed = await Assert.ThrowsAsync<StartFailedException>(() => StartAsync(
            Options("other", host.Addresses[0].Port, []), new FakeTable()));
        Assert.Contains("already in use", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_another_node_holds_is_said_in_words()
    {
        await AloneAsync();
        var failed = await Assert.ThrowsAsync<StartFailedException>(() => StartAsync(Options("a", 0, []), new FakeTable()));
        Assert.Contains("in use", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_prints_its_ready_line_and_ends_with_zero_when_told_to()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var run = NodeProgram.RunAsync(Options("a", 0, []), Parts("a"), TextWriter.Synchronized(output), errors, stop.Token);
        await Eventually.HoldsAsync(() => output.ToString().EndsWith('\n'), seconds: 20);
        await stop.CancelAsync();
        Assert.Equal(0, await run);
        Assert.Matches($"^ready name=a http=http://127.0.0.1:[0-9]+ table={_folder}/a/table\n$", output.ToString());
        Assert.Equal("", errors.ToString());
    }

    private async Task<NodeHost> AloneAsync()
    {
        var host = await StartAsync(Options("a", 0, []), null);
        await host.WaitUntilReadyAsync(Token);
        return host;
    }

    private async Task<NodeHost[]> ThreeAsync(Func<NodeOptions, NodeOptions>? with = null)
    {
        var ports = Ports.Take(6);
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => StartAsync(i, ports, with)));
        foreach (var host in hosts)
            await host.WaitUntilReadyAsync(Token);
        return hosts;
    }

    private Task<NodeHost> StartAsync(int index, System.Net.IPEndPoint[] ports, Func<NodeOptions, NodeOptions>? with = null)
    {
        var members = "abc".Select((name, i) => new NodeMember($"{name}", ports[i + 3], new Uri($"http://{ports[i]}"))).ToArray();
        var options = Options($"{"abc"[index]}", ports[index].Port, members);
        return StartAsync(with?.Invoke(options) ?? options, null);
    }

    private async Task<NodeHost> StartAsync(NodeOptions options, FakeTable? table)
    {
        var host = await NodeHost.StartAsync(options, Parts(options.Name, table), Token);
        lock (_hosts)
            _hosts.Add(host);
        return host;
    }

    private NodeOptions Options(string name, int port, IReadOnlyList<NodeMember> members) => new()
    {
        Name = name,
        DataDirectory = Path.Combine(_folder, name),
        Http = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port)],
        Members = members,
    };

    private NodeParts Parts(string name, FakeTable? table = null) => new()
    {
        OpenTable = identity => table is not null ? table : TablePlace.Open(
            new TableOwner(identity.Id, name, identity.Capacity), Path.Combine(_folder, name, "table"), _folder),
        OpenConsensus = (raft, sink, loggers) => new RaftConsensus(raft, sink, loggers),
        Logging = _ => { },
    };

    private static StringContent Content() => new(TestNode.Bool, Encoding.UTF8, "application/json");

    private async Task<long> PutAsync(NodeHost host, string key)
    {
        using var content = Content();
        using var answer = await _http.PutAsync(new Uri(host.Addresses[0], $"/api/v1/flags/{key}"), content, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("revision").GetInt64();
    }

    private async Task<JsonElement> JsonAsync(NodeHost host, string path) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri(host.Addresses[0], path), Token)).RootElement;

    private Task<JsonElement> NodeAsync(NodeHost host) => JsonAsync(host, "/api/v1/node");

    private async Task TableReachesAsync(NodeHost host, long revision)
    {
        for (var i = 0; ; i++)
        {
            var at = (await NodeAsync(host)).GetProperty("tableRevision");
            if (at.ValueKind == JsonValueKind.Number && at.GetInt64() >= revision)
                return;
            Assert.True(i < 500, $"the table stays at {at}, below {revision}");
            await Task.Delay(20, Token);
        }
    }
}
