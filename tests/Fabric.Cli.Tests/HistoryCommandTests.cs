using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fabric.Cli.Tests;

public sealed partial class HistoryCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    [GeneratedRegex("revision ([0-9]+)")]
    private static partial Regex RevisionIn();

    private async Task<long> SetAsync(string key, string percent, params string[] more)
    {
        var set = await node.RunAsync(["flag", "set", key, "--percent", percent, .. more]);
        Assert.Equal(0, set.Code);
        return long.Parse(RevisionIn().Match(set.Out).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_history_shows_who_by_their_own_words_or_the_systems_and_why()
    {
        await SetAsync("history", "10");
        await SetAsync("history", "20", "-m", "more of them", "--as", "jörg");
        await node.RunAsync("flag", "delete", "history");

        var lines = (await node.RunAsync("flag", "history", "history")).Out.TrimEnd().Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.Matches("deleted", lines[1]);
        Assert.Matches("jörg +a 127.0.0.1 +replaced +more of them", lines[2]);
        Assert.Contains($"{Environment.UserName}@{Environment.MachineName}", lines[3], StringComparison.Ordinal);
        Assert.Contains("created", lines[3], StringComparison.Ordinal);
        Assert.Equal(4, (await node.RunAsync("flag", "history", "never")).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "delete", "history", "--as", "two\nlines")).Code);
    }

    [Fact]
    public async Task A_diff_shows_the_lines_that_differ()
    {
        var first = await SetAsync("diff", "10");
        await SetAsync("diff", "20");

        var diff = await node.RunAsync("flag", "diff", "diff", $"{first}");

        Assert.Equal((0, ""), (diff.Code, diff.Error));
        Assert.Matches("(?m)^-.*10", diff.Out);
        Assert.Matches("(?m)^\\+.*20", diff.Out);
        Assert.Contains("the same", (await node.RunAsync("flag", "diff", "diff", $"{first}", $"{first}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_and_the_whole_fabric_go_back()
    {
        var first = await SetAsync("back", "10");
        var second = await SetAsync("back", "20");

        var one = await node.RunAsync("flag", "rollback", "back", $"{first}", "--if-revision", $"{second}");
        Assert.Matches($"^back is what it was at revision {first}, revision [0-9]+\n$", one.Out);
        Assert.Contains("10", (await node.RunAsync("flag", "get", "back")).Out, StringComparison.Ordinal);

        var dry = await node.RunAsync("rollback", $"{second}", "--dry-run", "-o", "json");
        using var report = JsonDocument.Parse(dry.Out);
        Assert.Contains(report.RootElement.GetProperty("flags").EnumerateArray(), static flag => flag.GetProperty("key").GetString() == "back");

        var all = await node.RunAsync("rollback", $"{second}");
        Assert.Matches("back +replaced", all.Out);
        Assert.Contains("20", (await node.RunAsync("flag", "get", "back")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await node.RunAsync("rollback", $"{second}")).Code);
        Assert.Equal(2, (await node.RunAsync("rollback")).Code);
    }
}
