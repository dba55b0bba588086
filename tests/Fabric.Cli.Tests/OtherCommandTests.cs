using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class OtherCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task Cluster_status_shows_each_member_in_a_line()
    {
        var status = await node.RunAsync("cluster", "status");
        Assert.Equal((0, ""), (status.Code, status.Error));
        var lines = status.Out.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("NAME  ROLE", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a     leader  yes", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_can_wait_for_the_fleet()
    {
        var waited = await node.RunAsync("flag", "set", "waited", "--default", "on", "--wait");
        Assert.Equal((0, ""), (waited.Code, waited.Error));
        Assert.EndsWith("1 hosts have it\n", waited.Out, StringComparison.Ordinal);
        var json = await node.RunAsync("flag", "off", "waited", "--wait", "2s", "-o", "json");
        Assert.Equal("a", JsonDocument.Parse(json.Out).RootElement.GetProperty("fleet").GetProperty("applied")[0].GetString());
        var wrong = await node.RunAsync("flag", "on", "waited", "--wait", "soon");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("?timeout", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_finds_a_sound_node_sound()
    {
        var doctor = await node.RunAsync("doctor", "-o", "json");
        Assert.Equal(0, doctor.Code);
        var checks = JsonDocument.Parse(doctor.Out).RootElement.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("status").GetString());
        Assert.Equal("OK", checks["node reachable"]);
        Assert.Equal("OK", checks["node ready"]);
        Assert.Equal("OK", checks["members agree"]);
        // It is a file here, which is enough for programs that ask the library.
        Assert.Equal("WARN", checks["table"]);
    }

    [Fact]
    public async Task Doctor_without_a_node_fails_once_with_the_cure_and_skips_the_rest()
    {
        var doctor = await Cli.RunAsync("", "doctor", "--url", "http://127.0.0.1:1");
        Assert.Equal(1, doctor.Code);
        Assert.Contains("cure: start it with fabric node", doctor.Out, StringComparison.Ordinal);
        Assert.Equal(1, doctor.Out.Split('\n').Count(line => line.StartsWith("FAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Usage_shows_what_is_asked_for_and_what_nobody_asks_for()
    {
        await node.RunAsync("flag", "set", "usage-asked", "--default", "on");
        await node.RunAsync("flag", "set", "usage-never", "--default", "on");
        using var http = new HttpClient { BaseAddress = new Uri(node.Url) };
        foreach (var key in new[] { "usage-asked", "usage-asked", "usage-typo" })
            using (await http.PostAsync($"/ofrep/v1/evaluate/flags/{key}", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken))
                continue;

        var all = await node.RunAsync("usage");
        Assert.Equal((0, ""), (all.Code, all.Error));
        Assert.Matches(@"(?m)^usage-asked +2 +0 +0 +2 +on=2 +0 +20", all.Out);
        Assert.Matches(@"(?m)^usage-never +0 +0 +0 +0 +0 +never", all.Out);
        Assert.Matches(@"(?m)^usage-typo +1 +20", all.Out);
        Assert.Contains("usage-never\n", (await node.RunAsync("usage", "--stale", "--host")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("usage-asked\n", (await node.RunAsync("usage", "--stale")).Out, StringComparison.Ordinal);
        var one = JsonDocument.Parse((await node.RunAsync("usage", "usage-asked", "-o", "json")).Out).RootElement;
        Assert.Equal(2, Assert.Single(one.GetProperty("flags").EnumerateArray()).GetProperty("evaluations").GetInt64());
        Assert.Equal(1, (await node.RunAsync("usage", "--stale-after", "soon")).Code);
    }

    [Theory]
    [InlineData]
    [InlineData("flag")]
    [InlineData("flag", "burn", "x")]
    [InlineData("flag", "get")]
    [InlineData("cluster")]
    [InlineData("detach")]
    [InlineData("nonsense")]
    [InlineData("flag", "list", "-o", "xml")]
    [InlineData("flag", "list", "--url", "ftp://x")]
    public async Task What_makes_no_sense_exits_2_with_nothing_on_standard_output(params string[] args)
    {
        var ran = await Cli.RunAsync("", args);
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.StartsWith("fabric: ", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("node", "--help")]
    [InlineData("flag", "set", "--help")]
    [InlineData("attach", "--help")]
    public async Task Help_goes_to_standard_output_and_teaches(params string[] args)
    {
        var help = await Cli.RunAsync("", args);
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("Usage:", help.Out, StringComparison.Ordinal);
        if (args.Length > 1)
            Assert.Contains($"fabric {args[0]}", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_with_wrong_options_names_all_of_them_and_exits_2()
    {
        var ran = await Cli.RunAsync("", "node", "--http", "here", "--capacity", "0");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Equal(4, ran.Error.TrimEnd().Split('\n').Length);
        Assert.Contains("fabric node: name is missing", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_on_a_taken_port_exits_1_with_the_reason()
    {
        var ran = await Cli.RunAsync("", "node", "--name", "b", "--data", Path.Combine(node.Folder, "b"), "--http", node.Url);
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains("already in use", ran.Error, StringComparison.Ordinal);
    }
}
