using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

public sealed class ExplainTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""{"colour":1}""", "/colour")]
    [InlineData("""{"context":[]}""", "/context")]
    [InlineData("""{"context":{"targetingKey":5}}""", "/context")]
    public async Task A_caller_that_is_none_is_refused(string body, string path)
    {
        await _node.PutAsync("flag", TestNode.Bool);
        var answer = await ExplainAsync("flag", body);
        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Kind));
        Assert.Equal([path], answer.ErrorPaths);
    }

    [Fact]
    public async Task A_flag_that_is_not_there_is_named_as_it_was_asked_for()
    {
        var answer = await ExplainAsync("a%20b%2B", "{}");
        Assert.Equal((404, "flag-not-found", "a b+"), (answer.Status, answer.Kind, answer.Body.GetProperty("key").GetString()));
        Assert.Equal(400, (await ExplainAsync("a%2Fb", "{}")).Status);
        Assert.Equal(404, (await ExplainAsync("explain", null)).Status);
    }

    [Fact]
    public async Task A_table_that_does_not_have_the_flag_yet_is_said_to_be_behind()
    {
        await _node.PutAsync("flag", TestNode.Bool);
        Assert.Equal((503, "not-ready"), ((await ExplainAsync("flag", "{}")) is var answer ? answer.Status : 0, answer.Kind));
    }

    private Task<Answer> ExplainAsync(string key, string? body) => _node.SendAsync(HttpMethod.Post, $"/api/v1/flags/{key}/explain", body);
}
