using Fabric.Node.Tests.Fakes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Writes;

public sealed class WriteOutcomeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Without_a_leader_in_time_a_write_is_503_and_says_that_nothing_was_applied()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { WriteTimeout = Short });
        node.Log.Leader = null;
        var answer = await node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal((503, "no-leader", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.Equal(0, node.Log.Appended);
    }

    [Fact]
    public async Task A_leader_that_comes_in_time_takes_the_write()
    {
        await using var node = await TestNode.StartAsync();
        node.Log.Leader = null;
        var put = node.PutAsync("checkout", TestNode.Bool);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        node.Log.Leader = "a";
        Assert.Equal(201, (await put).Status);
    }

    [Fact]
    public async Task An_outcome_that_stays_unknown_is_504_with_the_key_to_send_it_again()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { WriteTimeout = Short });
        node.Consensus.Interfere = _ => Task.FromResult<Proposal?>(new Proposal.Unknown("the majority is away"));
        var answer = await node.PutAsync("checkout", TestNode.Bool);
        Assert.Equal((504, "outcome-unknown", "unknown"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));

        node.Consensus.Interfere = null;
        var operation = answer.Body.GetProperty("operationId").GetString()!;
        var again = await node.PutAsync("checkout", TestNode.Bool, ("Idempotency-Key", operation));
        Assert.Equal(201, again.Status);
        Assert.Equal(1, node.Log.Appended);
    }

    [Fact]
    public async Task A_write_that_applied_although_its_answer_was_lost_applies_once_and_is_answered()
    {
        await using var node = await TestNode.StartAsync();
        var lost = 0;
        node.Consensus.Interfere = changes =>
        {
            if (Interlocked.Increment(ref lost) > 2)
                return Task.FromResult<Proposal?>(null);
            node.Log.Append(changes);
            return Task.FromResult<Proposal?>(new Proposal.Unknown("the answer was lost"));
        };
        var answer = await node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal((200, 2), (answer.Status, answer.Revision));
        Assert.Equal(1, node.Log.Appended);
    }

    [Fact]
    public async Task After_a_doubt_a_refusal_does_not_say_that_nothing_was_applied()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { WriteTimeout = Short });
        var first = true;
        node.Consensus.Interfere = _ =>
        {
            var answer = first ? (Proposal)new Proposal.Unknown("lost") : new Proposal.Refused("the disk is full");
            first = false;
            return Task.FromResult<Proposal?>(answer);
        };
        Assert.Equal(504, (await node.PutAsync("checkout", TestNode.Bool)).Status);
    }

    [Fact]
    public async Task A_refusal_before_the_append_says_so()
    {
        await using var node = await TestNode.StartAsync();
        node.Consensus.Interfere = _ => Task.FromResult<Proposal?>(new Proposal.Refused("the log's disk has little room"));
        var answer = await node.PutAsync("checkout", TestNode.Bool);
        Assert.Equal((503, "refused", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
    }

    [Fact]
    public async Task More_writes_than_the_node_takes_are_429()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { WritesInFlight = 2 } });
        var hold = new TaskCompletionSource();
        node.Consensus.Interfere = async _ =>
        {
            await hold.Task;
            return null;
        };
        var held = new[] { node.PutAsync("a", TestNode.Bool), node.PutAsync("b", TestNode.Bool) };
        await Task.Delay(200, TestContext.Current.CancellationToken);
        var answer = await node.PutAsync("c", TestNode.Bool);
        hold.SetResult();

        Assert.Equal((429, "too-many-writes", "1"), (answer.Status, answer.Kind, answer.Header("Retry-After")));
        Assert.All(await Task.WhenAll(held), put => Assert.Equal(201, put.Status));
    }
}
