using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Page;

/// <summary>The page's files, and whose pages may ask.</summary>
public sealed class PageTests
{
    private const string Flags = "/api/v1/flags";
    private const string Flag = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    [Fact]
    public async Task The_page_is_served_with_a_policy_that_lets_nothing_foreign_in()
    {
        await using var node = await TestNode.StartAsync();

        var page = await node.SendAsync(HttpMethod.Head, "/", null);

        Assert.Equal((200, "no-cache"), (page.Status, page.Header("Cache-Control")));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(("nosniff", "DENY", "no-referrer"), (page.Header("X-Content-Type-Options"), page.Header("X-Frame-Options"), page.Header("Referrer-Policy")));
    }

    [Fact]
    public async Task What_a_browser_has_already_is_not_sent_again()
    {
        await using var node = await TestNode.StartAsync();
        var first = await node.SendAsync(HttpMethod.Head, "/", null);

        var again = await node.SendAsync(HttpMethod.Head, "/", null, ("If-None-Match", first.Header("ETag")!));

        Assert.Equal(304, again.Status);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("br;q=0.0", null)]
    [InlineData("identity", null)]
    public async Task Files_are_sent_in_the_smallest_form_that_is_taken(string taken, string? sent)
    {
        await using var node = await TestNode.StartAsync();

        var page = await node.SendAsync(HttpMethod.Head, "/", null, ("Accept-Encoding", taken));

        Assert.Equal(sent, page.Response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [Theory]
    [InlineData("/assets/")]
    [InlineData("/assets/other.js")]
    [InlineData("/index.html")]
    [InlineData("/assets/%2e%2e%2findex.html")]
    public async Task Nothing_else_is_served(string path)
    {
        await using var node = await TestNode.StartAsync();

        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, path, null)).Status);
    }

    [Theory]
    [InlineData("https://shop.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    public async Task A_page_of_another_site_may_neither_read_nor_write(string origin)
    {
        await using var node = await TestNode.StartAsync();

        var read = await node.SendAsync(HttpMethod.Get, Flags, null, ("Origin", origin));
        var written = await node.SendAsync(HttpMethod.Put, $"{Flags}/a", Flag, ("Origin", origin));
        var asked = await node.SendAsync(HttpMethod.Options, Flags, null, ("Origin", origin), ("Access-Control-Request-Method", "PUT"));

        Assert.Null(read.Header("Access-Control-Allow-Origin"));
        Assert.Equal(403, written.Status);
        Assert.Equal((405, null), (asked.Status, asked.Header("Access-Control-Allow-Origin")));
        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, $"{Flags}/a", null)).Status);
    }

    [Fact]
    public async Task A_name_that_anybody_can_lead_here_does_not_make_a_page_the_nodes_own()
    {
        await using var node = await TestNode.StartAsync();

        var written = await node.SendAsync(HttpMethod.Put, $"{Flags}/a", Flag, ("Host", "rebound.example"), ("Origin", "http://rebound.example"));

        Assert.Equal(403, written.Status);
    }

    [Fact]
    public async Task A_browser_that_says_it_comes_from_another_site_may_not_write()
    {
        await using var node = await TestNode.StartAsync();

        Assert.Equal(403, (await node.SendAsync(HttpMethod.Put, $"{Flags}/a", Flag, ("Sec-Fetch-Site", "cross-site"))).Status);
    }

    [Fact]
    public async Task Pages_of_the_fabrics_own_hosts_may_ask_any_of_them()
    {
        await using var three = await ThreeNodes.StartAsync();
        var other = three["b"].Host.Addresses[0].GetLeftPart(UriPartial.Authority);

        var written = await three["a"].SendAsync(HttpMethod.Put, $"{Flags}/a", Flag, ("Origin", other));
        var asked = await three["a"].SendAsync(HttpMethod.Options, $"{Flags}/a", null, ("Origin", other), ("Access-Control-Request-Method", "PUT"));

        Assert.Equal((201, other), (written.Status, written.Header("Access-Control-Allow-Origin")));
        Assert.Equal((204, other), (asked.Status, asked.Header("Access-Control-Allow-Origin")));
        Assert.Contains("Idempotency-Key", asked.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_the_node_itself_may_write_by_each_of_its_names()
    {
        await using var node = await TestNode.StartAsync();
        var port = node.Host.Addresses[0].Port;

        foreach (var name in (string[])["127.0.0.1", "localhost"])
            Assert.Contains((await node.SendAsync(HttpMethod.Put, $"{Flags}/{name}", Flag, ("Host", $"{name}:{port}"), ("Origin", $"http://{name}:{port}"))).Status, (int[])[200, 201]);
    }
}
