using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class FlagCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task A_flag_is_set_read_switched_and_deleted()
    {
        var set = await node.RunAsync("flag", "set", "whole", "--percent", "25");
        Assert.Equal((0, ""), (set.Code, set.Error));
        Assert.Matches("^whole created, revision [0-9]+\n$", set.Out);
        Assert.Matches("^whole replaced, revision [0-9]+\n$", (await node.RunAsync("flag", "set", "whole", "--percent", "30")).Out);

        var get = await node.RunAsync("flag", "get", "whole");
        Assert.Contains("on 30%, off 70%", get.Out, StringComparison.Ordinal);

        var off = await node.RunAsync("flag", "off", "whole");
        Assert.Matches("^whole is off, revision [0-9]+\n$", off.Out);
        Assert.Equal("""{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",30],["off",70]]}}""",
            Json(await node.RunAsync("flag", "get", "whole", "-o", "json")).GetProperty("definition").GetRawText());

        Assert.Matches("^whole deleted, revision [0-9]+\n$", (await node.RunAsync("flag", "delete", "whole")).Out);
        Assert.Equal(4, (await node.RunAsync("flag", "get", "whole")).Code);
        Assert.Equal(4, (await node.RunAsync("flag", "delete", "whole")).Code);
    }

    [Fact]
    public async Task A_flag_that_is_so_already_is_unchanged_and_exits_3()
    {
        await node.RunAsync("flag", "set", "same", "--default", "on");
        var on = await node.RunAsync("flag", "on", "same");
        Assert.Equal((3, ""), (on.Code, on.Out));
        Assert.Contains("unchanged", on.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_a_flag_that_is_not_there_exits_4_and_says_how_to_make_it()
    {
        var on = await node.RunAsync("flag", "on", "absent");
        Assert.Equal((4, ""), (on.Code, on.Out));
        Assert.Contains("hint: fabric flag set absent", on.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_on_a_flag_that_gives_false_to_all_says_so()
    {
        await node.RunAsync("flag", "set", "false-to-all", "--default", "off", "--state", "off");
        var on = await node.RunAsync("flag", "on", "false-to-all");
        Assert.Equal(0, on.Code);
        Assert.Contains("hint: every caller gets \"off\", which is false", on.Error, StringComparison.Ordinal);

        await node.RunAsync("flag", "set", "true-to-all", "--default", "on", "--state", "off");
        Assert.Equal("", (await node.RunAsync("flag", "on", "true-to-all")).Error);
    }

    [Theory]
    [InlineData("25", """[["on",25],["off",75]]""")]
    [InlineData("0", """[["on",0],["off",100]]""")]
    [InlineData("100", """[["on",100],["off",0]]""")]
    [InlineData("12.5", """[["on",125],["off",875]]""")]
    [InlineData("0.001", """[["on",1],["off",99999]]""")]
    [InlineData("33.30", """[["on",333],["off",667]]""")]
    public async Task A_percentage_becomes_whole_weights_exactly(string percent, string fractional)
    {
        var shown = await Cli.RunAsync("", "flag", "set", "x", "--percent", percent, "--dry-run", "--url", "http://127.0.0.1:1");
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Equal(fractional, Json(shown).GetProperty("targeting").GetProperty("fractional").GetRawText());
    }

    [Fact]
    public async Task Times_become_the_fields_of_a_definition_that_the_node_takes()
    {
        var set = await node.RunAsync("flag", "set", "timed", "--ramp", "5-62.5", "--over", "36h", "--start", "2026-12-01T09:00:00+01:00",
            "--activate-at", "2026-12-01T07:00:00Z", "--stale-after", "30s=off");
        Assert.Equal((0, ""), (set.Code, set.Error));
        Assert.EndsWith(
            """
            ,"defaultVariant":"off","activateAt":"2026-12-01T07:00:00Z","offVariant":"off","ramp":{"variant":"on","from":5,"to":62.5,"start":"2026-12-01T08:00:00Z","end":"2026-12-02T20:00:00Z"},"staleAfter":{"after":"30s","variant":"off"}}
            """,
            Json(await node.RunAsync("flag", "get", "timed", "-o", "json")).GetProperty("definition").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, (await node.RunAsync("flag", "set", "timed", "--ramp", "0-100", "--over", "7d")).Code);
    }

    [Theory]
    [InlineData("--ramp", "0-100")]
    [InlineData("--over", "1h")]
    [InlineData("--activate-at", "tomorrow")]
    [InlineData("--stale-after", "30s")]
    [InlineData("--percent", "101")]
    [InlineData("--percent", "-1")]
    [InlineData("--percent", "0.0001")]
    [InlineData("--percent", "half")]
    [InlineData("--percent", "1e1")]
    [InlineData("--default", "maybe")]
    [InlineData("--if-revision", "-5")]
    [InlineData("--colour", "red")]
    [InlineData("--file", "/absent/file")]
    [InlineData("--idempotency-key", "x")]
    public async Task A_wrong_option_exits_2_and_changes_nothing(string option, string value)
    {
        var ran = await node.RunAsync("flag", "set", "wrong", "--state", "on", option, value);
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.StartsWith("fabric: ", ran.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await node.RunAsync("flag", "get", "wrong")).Code);
    }

    [Fact]
    public async Task Set_without_saying_what_exits_2()
    {
        var ran = await node.RunAsync("flag", "set", "empty");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--default on|off, --percent N, or --file FILE", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_comes_from_standard_input_and_its_problems_are_listed()
    {
        const string text = """{"state":"ENABLED","variants":{"a":"x","b":"y"},"defaultVariant":"a"}""";
        Assert.Equal(0, (await node.RunWithInputAsync(text, "flag", "set", "from-input", "--file", "-")).Code);

        var wrong = await node.RunWithInputAsync("""{"state":"X","varients":{}}""", "flag", "set", "from-input", "--file", "-");
        Assert.Equal((1, ""), (wrong.Code, wrong.Out));
        Assert.Contains("  /varients: unknown field; did you mean \"variants\"?", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("  /state: must be", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_that_fails_exits_6()
    {
        await node.RunAsync("flag", "set", "conditional", "--default", "on");
        var none = await node.RunAsync("flag", "set", "conditional", "--default", "off", "--if-revision", "none");
        var other = await node.RunAsync("flag", "set", "conditional", "--default", "off", "--if-revision", "99999");
        Assert.Equal((6, 6), (none.Code, other.Code));
        Assert.Contains("has revision", other.Error, StringComparison.Ordinal);
        var revision = Json(await node.RunAsync("flag", "get", "conditional", "-o", "json")).GetProperty("revision").GetInt64();
        Assert.Equal(0, (await node.RunAsync("flag", "set", "conditional", "--default", "off", "--if-revision", $"{revision}")).Code);
    }

    [Fact]
    public async Task A_flag_that_another_one_needs_cannot_be_deleted_and_that_exits_6()
    {
        await node.RunAsync("flag", "set", "needed", "--default", "on");
        const string needing = """{"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"needed","variant":"on"}]}""";
        Assert.Equal(0, (await node.RunWithInputAsync(needing, "flag", "set", "needing", "--file", "-")).Code);

        var deleted = await node.RunAsync("flag", "delete", "needed");
        Assert.Equal((6, ""), (deleted.Code, deleted.Out));
        Assert.Contains("the flag \"needing\" needs its variant \"on\"", deleted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_apis_own_answer_and_its_problems_go_to_standard_error()
    {
        var set = Json(await node.RunAsync("flag", "set", "json", "--default", "on", "-o", "json"));
        Assert.Equal("json", set.GetProperty("key").GetString());
        var list = Json(await node.RunAsync("flag", "list", "-o", "json"));
        Assert.Contains("json", list.GetProperty("flags").EnumerateArray().Select(flag => flag.GetProperty("key").GetString()));

        var missing = await node.RunAsync("flag", "get", "absent", "-o", "json");
        Assert.Equal((4, ""), (missing.Code, missing.Out));
        Assert.Equal("urn:fabric:problem:flag-not-found", JsonDocument.Parse(missing.Error).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Endpoints_are_tried_in_turn_with_one_key()
    {
        var ran = await Cli.RunAsync("", "flag", "set", "in-turn", "--default", "on", "--url", $"http://127.0.0.1:1,{node.Url}");
        Assert.Equal(0, ran.Code);
        Assert.Contains("127.0.0.1:1", ran.Error, StringComparison.Ordinal);
        Assert.Contains("in-turn created", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_node_a_command_exits_5()
    {
        var read = await Cli.RunAsync("", "flag", "list", "--url", "http://127.0.0.1:1");
        Assert.Equal((5, ""), (read.Code, read.Out));
        Assert.Contains("no node answered", read.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_in_doubt_is_sent_again_by_its_key()
    {
        var id = Guid.NewGuid().ToString();
        var first = await node.RunAsync("flag", "set", "doubt", "--default", "on", "--idempotency-key", id, "-o", "json");
        var second = await node.RunAsync("flag", "set", "doubt", "--default", "on", "--idempotency-key", id, "-o", "json");
        Assert.Equal(Json(first).GetProperty("revision").GetInt64(), Json(second).GetProperty("revision").GetInt64());
    }

    private static JsonElement Json(Ran ran)
    {
        Assert.True(ran.Code == 0, ran.Error);
        return JsonDocument.Parse(ran.Out).RootElement;
    }
}
