using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class ImportCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    private const string Bool = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";
    private const string Remote = """{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"none":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on"]}}""";

    [Fact]
    public async Task A_file_is_imported_and_exported_and_then_unchanged()
    {
        var file = $$$"""{"metadata":{"owner":"shop"},"flags":{"imported":{{{Bool}}},"remote":{{{Remote}}}}}""";
        var dry = await node.RunWithInputAsync(file, "flag", "import", "-", "--dry-run");
        Assert.Equal(0, dry.Code);
        Assert.Matches("(?m)^imported +created +- +kernel, process, http *$", dry.Out);
        Assert.Matches("(?m)^remote +created +- +http *$", dry.Out);
        Assert.Contains("note: 2 flags: the file's metadata was put into the flag's: owner\n", dry.Error, StringComparison.Ordinal);
        Assert.Contains("note: remote: it is evaluated over HTTP only", dry.Error, StringComparison.Ordinal);
        Assert.Contains("nothing written; it would be 2 created", dry.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await node.RunAsync("flag", "get", "imported")).Code);

        var import = await node.RunWithInputAsync(file, "flag", "import", "-");
        Assert.Equal(0, import.Code);
        Assert.Matches("(?m)^imported +created +[0-9]+ +kernel, process, http *$", import.Out);
        Assert.Contains("evaluated over HTTP only", (await node.RunAsync("flag", "show", "remote")).Error, StringComparison.Ordinal);

        var path = Path.Combine(node.Folder, "exported.json");
        Assert.Equal((0, "", ""), Parts(await node.RunAsync("flag", "export", path)));
        Assert.Equal((await node.RunAsync("flag", "export")).Out, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        var again = await node.RunAsync("flag", "import", path);
        Assert.Equal(3, again.Code);
        Assert.Matches("(?m)^imported +unchanged +[0-9]+ ", again.Out);
    }

    [Fact]
    public async Task An_export_replaces_a_file_only_when_it_is_told_to_and_leaves_nothing_beside_it()
    {
        var folder = Directory.CreateDirectory(Path.Combine(node.Folder, "exports")).FullName;
        var path = Path.Combine(folder, "flags.json");
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);
        var refused = await node.RunAsync("flag", "export", path);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        Assert.Equal(0, (await node.RunAsync("flag", "export", path, "--force", "--local")).Code);
        Assert.StartsWith("{", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder));
        Assert.Equal(1, (await node.RunAsync("flag", "export", Path.Combine(folder, "absent", "flags.json"))).Code);
    }

    [Fact]
    public async Task A_refused_flag_is_named_with_its_place_and_partial_leaves_it_out()
    {
        var file = $$$"""{"flags":[{"key":"sound",{{{Bool[1..]}}},{"key":"unsound","state":"MAYBE","variants":{"on":true}}]}""";
        var refused = await node.RunWithInputAsync(file, "flag", "import", "-");
        Assert.Equal(1, refused.Code);
        Assert.Matches("(?m)^unsound +refused ", refused.Out);
        Assert.Matches("(?m)^sound +not applied ", refused.Out);
        Assert.Contains("refused: /flags/1/state: must be", refused.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await node.RunAsync("flag", "get", "sound")).Code);

        Assert.Equal(1, (await node.RunWithInputAsync(file, "flag", "import", "-", "--partial")).Code);
        Assert.Equal(0, (await node.RunAsync("flag", "get", "sound")).Code);
    }

    [Fact]
    public async Task Json_is_the_apis_own_report()
    {
        var ran = await node.RunWithInputAsync($$$"""{"flags":{"as-json":{{{Bool}}}}}""", "flag", "import", "-", "-o", "json", "--message", "because");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(1, JsonDocument.Parse(ran.Out).RootElement.GetProperty("created").GetInt32());
        var wrong = await node.RunWithInputAsync("""{"flags":{"x":5}}""", "flag", "import", "-", "-o", "json");
        Assert.Equal((1, ""), (wrong.Code, wrong.Out));
        Assert.Equal("urn:fabric:problem:import-refused", JsonDocument.Parse(wrong.Error).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_file_that_an_editor_began_with_a_mark_is_read()
    {
        var path = Path.Combine(node.Folder, "marked.json");
        await File.WriteAllTextAsync(path, """{"flags":{}}""", System.Text.Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await node.RunAsync("flag", "import", path)).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "import", Path.Combine(node.Folder, "absent.json"))).Code);
        Assert.Equal(1, (await node.RunWithInputAsync("{", "flag", "import", "-")).Code);
    }

    private static (int, string, string) Parts(Ran ran) => (ran.Code, ran.Out, ran.Error);
}
