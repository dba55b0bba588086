using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class AttachCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    private Task<Ran> AttachAsync(string symbol, params string[] more) => node.RunAsync(["attach", "--exe", "/bin/true", "--symbol", symbol, .. more]);

    private Task<Ran> DetachAsync(string symbol, params string[] more) => node.RunAsync(["detach", "--exe", "/bin/true", "--symbol", symbol, .. more]);

    [Fact]
    public async Task A_function_is_attached_listed_and_detached()
    {
        var attached = await AttachAsync("fine", "--abi", "c", "--build-id", "00112233", "--build-id", "44556677", "--message", "why");
        Assert.Equal((0, ""), (attached.Code, attached.Error));
        Assert.Matches("^fine of /bin/true put, revision [0-9]+\n  a  attached \\(3 of 3 files\\)\n$", attached.Out);

        var lines = (await node.RunAsync("attach", "list")).Out.TrimEnd().Split('\n');
        Assert.StartsWith("EXE        SYMBOL  HOST  STATE     FILES  PROBE  BUILD     REASON  ID", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.StartsWith("/bin/true  fine    a     attached  1      nop5   00112233  -", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("/bin/true  fine    a     attached  2      int3   44556677  -", StringComparison.Ordinal));

        Assert.Contains("replaced, revision", (await AttachAsync("fine")).Out, StringComparison.Ordinal);
        Assert.Matches("^fine of /bin/true is detached, revision [0-9]+\n$", (await DetachAsync("fine")).Out);
        Assert.Equal(4, (await DetachAsync("fine")).Code);
        var none = await node.RunAsync("attach", "list", "--host");
        Assert.DoesNotContain("fine", none.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_host_refuses_exits_1_and_stays_for_when_it_can()
    {
        var refused = await AttachAsync("gone");
        Assert.Equal(1, refused.Code);
        Assert.Contains("  a  refused: there is no symbol gone", refused.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await DetachAsync("gone")).Code);
    }

    [Fact]
    public async Task A_file_that_no_host_has_yet_is_taken_with_a_hint()
    {
        var absent = await node.RunAsync("attach", "--exe", "/absent", "--symbol", "f");
        Assert.Equal(0, absent.Code);
        Assert.Contains("  a  absent: there is no file /absent", absent.Out, StringComparison.Ordinal);
        Assert.Contains("no host has this file yet", absent.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await node.RunAsync("detach", "--exe", "/absent", "--symbol", "f")).Code);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_in_time_exits_8()
    {
        var slow = await AttachAsync("slow", "--timeout", "0s");
        Assert.Equal(8, slow.Code);
        Assert.Contains("fabric: a is pending", slow.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await DetachAsync("slow")).Code);
    }

    [Fact]
    public async Task Json_is_the_apis_own_and_names_the_id_that_detaches()
    {
        var json = JsonDocument.Parse((await AttachAsync("fine", "-o", "json", "--signature", "flag,key")).Out).RootElement;
        Assert.Equal(("flag,key", "attached"), (json.GetProperty("signature").GetString(), json.GetProperty("hosts")[0].GetProperty("state").GetString()));
        Assert.Equal(6, (await AttachAsync("fine", "--if-revision", "none")).Code);
        var id = json.GetProperty("id").GetString()!;
        Assert.Equal(6, (await node.RunAsync("detach", id, "--if-revision", "1")).Code);
        Assert.Contains("1 hosts have it", (await node.RunAsync("detach", id, "--message", "enough", "--wait", "20s")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attach", "--exe", "/bin/true")]
    [InlineData("attach", "--symbol", "f")]
    [InlineData("attach", "--exe", "/bin/true", "--symbol", "f", "--abi", "rust")]
    [InlineData("attach", "--exe", "/bin/true", "--symbol", "f", "--timeout", "soon")]
    [InlineData("attach", "--exe", "/bin/true", "--symbol", "f", "--wait")]
    [InlineData("detach")]
    [InlineData("detach", "--exe", "/bin/true")]
    [InlineData("detach", "0123456789abcdef", "--exe", "/bin/true")]
    public async Task What_is_not_said_whole_exits_2(params string[] args)
    {
        var ran = await node.RunAsync(args);
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.StartsWith("fabric: ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_node_refuses_is_said_with_its_place()
    {
        var bad = await AttachAsync("fine", "--build-id", "xyz");
        Assert.Equal((1, ""), (bad.Code, bad.Out));
        Assert.Contains("/buildIds/0: a build-id has 8 to 64", bad.Error, StringComparison.Ordinal);
    }
}
