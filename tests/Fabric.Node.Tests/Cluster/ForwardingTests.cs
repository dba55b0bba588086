using Fabric.Node.Tests.Fakes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Cluster;

public sealed class ForwardingTests : IAsyncLifetime
{
    private ThreeNodes _nodes = null!;

    public async ValueTask InitializeAsync() => _nodes = await ThreeNodes.StartAsync();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_write_at_any_node_reaches_every_table()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            var put = await _nodes[name].PutAsync($"flag-{name}", TestNode.Bool);
            Assert.Equal(201, put.Status);
            foreach (var other in new[] { "a", "b", "c" })
                await Eventually.HoldsAsync(() => _nodes[other].Table.Revision == put.Revision);
        }
    }

    [Fact]
    public async Task Every_outcome_crosses_the_way_to_the_leader()
    {
        var node = _nodes["b"];
        var put = await node.PutAsync("checkout", TestNode.Bool);
        Assert.Equal(200, (await node.PutAsync("checkout", TestNode.Bool)).Status);
        Assert.Equal((412, put.Revision + 1), await ConflictAsync(node.PutAsync("checkout", TestNode.Bool, ("If-Match", put.ETag!))));
        Assert.Equal(404, (await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/absent")).Status);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"state":"DISABLED"}""")).Status);
        Assert.Equal(201, (await node.PutAsync("user", TestNode.Needing("checkout"))).Status);
        var refused = await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/checkout");
        Assert.Equal((409, "prerequisite"), (refused.Status, refused.Kind));
        Assert.Equal("\"checkout\" cannot be changed so: the flag \"user\" needs its variant \"on\"", refused.Detail);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/user")).Status);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/checkout")).Status);
        Assert.Equal(404, (await node.GetAsync("/api/v1/flags/checkout")).Status);

        static async Task<(int, long)> ConflictAsync(Task<Answer> sent)
        {
            var answer = await sent;
            return (answer.Status, answer.Body.GetProperty("actualRevision").GetInt64());
        }
    }

    [Fact]
    public async Task The_same_key_at_another_node_applies_once()
    {
        var id = Guid.NewGuid().ToString();
        var first = await _nodes["b"].PutAsync("checkout", TestNode.Bool, ("Idempotency-Key", id));
        var second = await _nodes["c"].PutAsync("checkout", TestNode.Bool, ("Idempotency-Key", id));
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(1, _nodes.Log.Appended);
    }

    [Fact]
    public async Task A_write_follows_the_leadership()
    {
        _nodes.Log.Leader = null;
        var put = _nodes["b"].PutAsync("checkout", TestNode.Bool);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        _nodes.Log.Leader = "c";
        Assert.Equal(201, (await put).Status);
    }

    [Fact]
    public async Task A_leader_that_cannot_be_reached_leaves_the_write_not_applied()
    {
        await using var nodes = await ThreeNodes.StartAsync(options => options with { WriteTimeout = TimeSpan.FromSeconds(2) });
        await nodes["a"].Host.DisposeAsync();
        var answer = await nodes["b"].PutAsync("checkout", TestNode.Bool);
        Assert.Equal((503, "no-leader", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Contains("cannot be reached", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_that_loses_its_answer_is_asked_again_and_applies_once()
    {
        var lost = 0;
        _nodes["a"].Consensus.Interfere = changes =>
        {
            if (Interlocked.Increment(ref lost) > 1)
                return Task.FromResult<Proposal?>(null);
            _nodes.Log.Append(changes);
            return Task.FromResult<Proposal?>(new Proposal.Unknown("lost"));
        };
        Assert.Equal(2, (await _nodes["b"].PutAsync("checkout", TestNode.Bool)).Revision);
        Assert.Equal(1, _nodes.Log.Appended);
    }

    [Fact]
    public async Task A_leader_that_fails_leaves_the_outcome_unknown()
    {
        await using var nodes = await ThreeNodes.StartAsync(options => options with { WriteTimeout = TimeSpan.FromMilliseconds(400) });
        nodes["a"].Consensus.Interfere = changes =>
        {
            nodes.Log.Append(changes);
            throw new InvalidOperationException("a defect after the append");
        };
        var answer = await nodes["b"].PutAsync("checkout", TestNode.Bool);
        Assert.Equal((504, "outcome-unknown", "unknown"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        var own = await nodes["a"].PutAsync("checkout", TestNode.Bool);
        Assert.Equal((500, "internal", "unknown"), (own.Status, own.Kind, own.Body.GetProperty("applied").GetString()));
        Assert.DoesNotContain("defect", own.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_linearizable_read_at_a_follower_waits_for_what_the_leader_has()
    {
        _nodes["b"].Consensus.Deaf = true;
        var put = await _nodes["a"].PutAsync("checkout", TestNode.Bool);
        var local = await _nodes["b"].GetAsync("/api/v1/flags/checkout?consistency=local");
        var read = _nodes["b"].GetAsync("/api/v1/flags/checkout");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal((404, false), (local.Status, read.IsCompleted));

        _nodes["b"].Consensus.Deaf = false;
        _nodes["b"].Consensus.Deliver(_nodes.Log.State, ["checkout"]);
        Assert.Equal(put.Revision, (await read).Revision);
    }

    [Fact]
    public async Task A_read_that_asks_for_a_revision_that_does_not_come_is_503()
    {
        var answer = await _nodes["b"].GetAsync("/api/v1/flags?consistency=local&minRevision=99");
        Assert.Equal((503, "behind"), (answer.Status, answer.Kind));
    }

    [Fact]
    public async Task Without_a_leader_local_reads_go_on_and_linearizable_ones_say_why_not()
    {
        await _nodes["a"].PutAsync("checkout", TestNode.Bool);
        _nodes.Log.Leader = null;
        Assert.Equal(200, (await _nodes["b"].GetAsync("/api/v1/flags/checkout?consistency=local")).Status);
        var answer = await _nodes["b"].GetAsync("/api/v1/flags/checkout");
        Assert.Equal((503, "no-leader"), (answer.Status, answer.Kind));
    }

    [Fact]
    public async Task A_patch_at_a_follower_that_is_behind_loses_no_update()
    {
        await _nodes["a"].PutAsync("checkout", TestNode.Bool);
        _nodes["b"].Consensus.Deaf = true;
        await _nodes["a"].SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"metadata":{"first":1}}""");
        var late = _nodes["b"].SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"metadata":{"second":2}}""");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        _nodes["b"].Consensus.Deaf = false;
        _nodes["b"].Consensus.Deliver(_nodes.Log.State, ["checkout"]);

        Assert.Equal("""{"first":1,"second":2}""", (await late).Body.GetProperty("definition").GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task All_members_are_shown_and_one_that_is_gone_is_named()
    {
        await _nodes["c"].PutAsync("checkout", TestNode.Bool);
        await Eventually.HoldsAsync(() => _nodes["b"].Table.Revision == 2);
        await _nodes["c"].Host.DisposeAsync();
        var cluster = (await _nodes["b"].GetAsync("/api/v1/cluster")).Body;

        Assert.Equal("a", cluster.GetProperty("leader").GetString());
        Assert.Equal(0, cluster.GetProperty("diverged").GetArrayLength());
        var members = cluster.GetProperty("members").EnumerateArray().ToArray();
        Assert.Equal(["a", "b", "c"], members.Select(member => member.GetProperty("name").GetString()));
        Assert.Equal([true, true, false], members.Select(member => member.GetProperty("reachable").GetBoolean()));
        Assert.Equal(["leader", "follower", null], members.Select(member => member.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Members_whose_states_differ_at_one_index_are_named()
    {
        await _nodes["a"].PutAsync("checkout", TestNode.Bool);
        _nodes["b"].Consensus.Deliver(_nodes.Log.State with { Digest = 666 }, []);
        var cluster = (await _nodes["c"].GetAsync("/api/v1/cluster")).Body;
        Assert.Equal(["a and b have different states at revision 2", "b and c have different states at revision 2"],
            cluster.GetProperty("diverged").EnumerateArray().Select(pair => pair.GetString()));
    }

    [Fact]
    public async Task What_members_send_each_other_is_validated_again()
    {
        var answer = await _nodes["a"].SendAsync(HttpMethod.Post, "/internal/v1/changes", """{"changes":[{"put":{"key":"a","definition":{}}}]}""");
        Assert.Equal((400, 0), (answer.Status, _nodes.Log.Appended));
    }
}
