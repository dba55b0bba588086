using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Ofrep;

/// <summary>Which pages of other sites may evaluate.</summary>
public sealed class CorsTests
{
    private const string All = "/ofrep/v1/evaluate/flags";
    private const string Shop = "https://shop.example";

    [Theory]
    [InlineData(Shop, Shop, Shop)]
    [InlineData(Shop, "https://other.example", null)]
    [InlineData("*", "https://other.example", "*")]
    [InlineData(null, Shop, null)]
    public async Task Only_named_origins_are_let_in(string? allowed, string origin, string? answered)
    {
        await using var node = await StartAsync(allowed);

        var asked = await node.SendAsync(HttpMethod.Post, All, "{}", ("Origin", origin));
        var events = await node.SendAsync(HttpMethod.Get, All, null, ("Origin", origin));

        Assert.Equal((200, answered), (asked.Status, asked.Header("Access-Control-Allow-Origin")));
        Assert.Equal(answered, events.Header("Access-Control-Allow-Origin"));
        if (answered is not null)
            Assert.Equal("ETag, Retry-After, Fabric-Revision", asked.Header("Access-Control-Expose-Headers"));
        if (allowed is not null)
            Assert.Equal("Origin", asked.Header("Vary"));
    }

    [Fact]
    public async Task A_preflight_is_answered_for_named_origins_only()
    {
        await using var node = await StartAsync(Shop);
        (string, string)[] question = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,if-none-match")];

        var let = await node.SendAsync(HttpMethod.Options, All, null, [("Origin", Shop), .. question]);
        var other = await node.SendAsync(HttpMethod.Options, All, null, [("Origin", "https://other.example"), .. question]);

        Assert.Equal((204, Shop, "GET, POST"), (let.Status, let.Header("Access-Control-Allow-Origin"), let.Header("Access-Control-Allow-Methods")));
        Assert.Contains("Content-Type", let.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("If-None-Match", let.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal((405, null), (other.Status, other.Header("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task The_rest_of_the_api_stays_closed()
    {
        await using var node = await StartAsync("*");

        Assert.Null((await node.SendAsync(HttpMethod.Get, "/api/v1/flags", null, ("Origin", Shop))).Header("Access-Control-Allow-Origin"));
    }

    private static Task<TestNode> StartAsync(string? origin) =>
        TestNode.StartAsync(with: options => options with { OfrepOrigins = origin is null ? [] : [origin] });
}
