using System.Net;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

public sealed class NodeStatusTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_node_says_everything_that_outsiders_rely_on()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        await Eventually.HoldsAsync(() => _node.Table.Revision == put.Revision);
        var node = (await _node.GetAsync("/api/v1/node")).Body;

        Assert.Equal(("a", Environment.ProcessId, "leader", 7, "a"), (node.GetProperty("name").GetString(), node.GetProperty("pid").GetInt32(),
            node.GetProperty("role").GetString(), node.GetProperty("term").GetInt64(), node.GetProperty("leader").GetString()));
        Assert.Equal((2, 2, 2), (node.GetProperty("commitRevision").GetInt64(), node.GetProperty("appliedRevision").GetInt64(), node.GetProperty("tableRevision").GetInt64()));
        Assert.Equal(("/run/fabric/fake", "file"), (node.GetProperty("table").GetString(), node.GetProperty("tableKind").GetString()));
        Assert.Matches("^[0-9a-f]{16}$", node.GetProperty("tableDigest").GetString());
        Assert.Matches("^[0-9a-f]{16}$", node.GetProperty("stateDigest").GetProperty("value").GetString());
        Assert.Equal(2, node.GetProperty("stateDigest").GetProperty("index").GetInt64());
        Assert.False(node.GetProperty("override").GetProperty("supported").GetBoolean());
        Assert.NotNull(node.GetProperty("override").GetProperty("reason").GetString());
        Assert.Equal(DateTimeOffset.UnixEpoch, node.GetProperty("lastContact").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_node_says_its_labels()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Labels = new Dictionary<string, string> { ["zone"] = "eu" } });

        Assert.Equal("""{"zone":"eu"}""", (await node.GetAsync("/api/v1/node")).Body.GetProperty("labels").GetRawText());
        Assert.Equal("{}", (await _node.GetAsync("/api/v1/node")).Body.GetProperty("labels").GetRawText());
    }

    [Fact]
    public async Task Alive_is_not_ready_and_the_reason_is_said()
    {
        await Eventually.HoldsAsync(() => _node.Host.NotReady is null);
        Assert.Equal(200, (await _node.GetAsync("/readyz")).Status);

        _node.Log.Leader = null;
        var unready = await _node.GetAsync("/readyz");
        Assert.Equal((503, "not-ready", "no leader is known"), (unready.Status, unready.Kind, unready.Detail));
        Assert.Equal(200, (await _node.GetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_makes_the_node_not_ready_and_writes_go_on()
    {
        await Eventually.HoldsAsync(() => _node.Host.NotReady is null);
        _node.Table.Failure = new IOException("the table is gone");
        Assert.Equal(201, (await _node.PutAsync("checkout", TestNode.Bool)).Status);
        await Eventually.HoldsAsync(() => _node.Host.NotReady is not null);
        Assert.Contains("the table is gone", (await _node.GetAsync("/readyz")).Detail, StringComparison.Ordinal);

        _node.Table.Failure = null;
        await Eventually.HoldsAsync(() => _node.Host.NotReady is null);
        Assert.Equal(2, _node.Table.Revision);
    }

    [Fact]
    public async Task The_api_describes_every_address_it_serves()
    {
        var paths = (await _node.GetAsync("/openapi/v1.json")).Body.GetProperty("paths");
        var served = paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}"));
        Assert.Equal(
            [
                "delete /api/v1/attachments", "delete /api/v1/attachments/{id}", "delete /api/v1/cluster/hosts/{name}", "delete /api/v1/flags/{key}", "get /api/v1/attachments", "get /api/v1/backup",
                "get /api/v1/builds", "get /api/v1/cluster", "get /api/v1/events", "get /api/v1/export", "get /api/v1/flags",
                "get /api/v1/flags/{key}", "get /api/v1/flags/{key}/diff", "get /api/v1/flags/{key}/history", "get /api/v1/flags/{key}/history/{revision}",
                "get /api/v1/history", "get /api/v1/node", "get /api/v1/usage", "get /healthz", "get /ofrep/v1/events", "get /openapi/v1.json", "get /readyz", "patch /api/v1/flags/{key}",
                "post /api/v1/attachments", "post /api/v1/changes", "post /api/v1/cluster/hosts/{name}/promote", "post /api/v1/cluster/hosts/{name}/replace", "post /api/v1/cluster/leader", "post /api/v1/flags/{key}/explain", "post /api/v1/flags/{key}/rollback", "post /api/v1/import",
                "post /api/v1/rollback", "post /ofrep/v1/evaluate/flags", "post /ofrep/v1/evaluate/flags/{key}", "put /api/v1/attachments", "put /api/v1/flags/{key}",
            ],
            served.Order(StringComparer.Ordinal));
        var put = paths.GetProperty("/api/v1/flags/{key}").GetProperty("put");
        Assert.Equal("key", put.GetProperty("parameters")[0].GetProperty("name").GetString());
        Assert.True(put.GetProperty("responses").TryGetProperty("412", out _));
        var evaluate = paths.GetProperty("/ofrep/v1/evaluate/flags/{key}").GetProperty("post").GetProperty("responses");
        Assert.Equal(["200", "400", "404", "413", "415", "429", "500", "503"], evaluate.EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_server_header_is_sent()
    {
        var answer = await _node.GetAsync("/healthz");
        Assert.Null(answer.Header("Server"));
        Assert.Equal(HttpVersion.Version11, answer.Response.Version);
    }
}
