using Fabric.Cli.Node;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Cli.Tests;

public sealed class BackupCommandTests(LiveNode node) : IClassFixture<LiveNode>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-backup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_backup_of_a_running_node_is_checked_and_begins_a_new_fabric_with_the_same_flags_and_history()
    {
        await node.RunAsync("flag", "set", "kept", "--percent", "10");
        await node.RunAsync("flag", "set", "kept", "--percent", "20", "-m", "more");
        var backup = await node.RunAsync("backup", File("fabric.backup"));
        Assert.Equal((0, ""), (backup.Code, backup.Error));
        Assert.Matches("holds [0-9]+ flags of fabric [0-9a-f-]{36} at revision [0-9]+\n$", backup.Out);
        var check = await Cli.RunAsync("", "backup", "check", File("fabric.backup"));
        Assert.Equal(0, check.Code);

        var restore = await Cli.RunAsync("", "restore", File("fabric.backup"), "--data", File("new"), "--name", "a");
        Assert.Equal(0, restore.Code);
        Assert.Contains("fabric node --name a --data", restore.Error, StringComparison.Ordinal);

        var (options, _) = NodeOptionsReader.Read(new NodeSettings { Name = "a", Data = File("new"), Http = ["127.0.0.1:0"], Table = File("table") });
        await using var host = await NodeHost.StartAsync(options!, HostParts.Of(options!) with { Logging = _ => { } }, Token);
        await host.WaitUntilReadyAsync(Token);
        var url = host.Addresses[0].GetLeftPart(UriPartial.Authority);
        foreach (string[] command in (string[][])[["flag", "list"], ["flag", "history", "kept"]])
            Assert.Equal((await node.RunAsync(command)).Out, (await Cli.RunAsync("", [.. command, "--url", url])).Out);
        Assert.Equal(0, (await Cli.RunAsync("", "flag", "rollback", "kept", "3", "--url", url)).Code);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_by_force()
    {
        await System.IO.File.WriteAllTextAsync(File("there"), "mine", Token);

        var refused = await node.RunAsync("backup", File("there"));
        Assert.Equal(2, refused.Code);
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File("there"), Token));

        Assert.Equal(0, (await node.RunAsync("backup", File("there"), "--force")).Code);
        Assert.Equal(0, (await Cli.RunAsync("", "backup", "check", File("there"))).Code);
        Assert.Equal([File("there")], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task What_is_damaged_or_in_use_is_said_and_restores_nothing()
    {
        await node.RunAsync("backup", File("damaged"));
        await using (var file = System.IO.File.OpenWrite(File("damaged")))
            file.SetLength(file.Length - 3);

        Assert.Equal(1, (await Cli.RunAsync("", "backup", "check", File("damaged"))).Code);
        var refused = await Cli.RunAsync("", "restore", File("damaged"), "--data", File("new"), "--name", "a");
        Assert.Equal(1, refused.Code);
        Assert.Contains("its header promises a body of", refused.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(File("new")));

        var running = await Cli.RunAsync("", "restore", "--from-data", node.Folder, "--data", File("new"), "--name", "a");
        Assert.Equal(1, running.Code);
        Assert.Contains("in use", running.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Cli.RunAsync("", "restore", "--data", File("new"), "--name", "a")).Code);
        Assert.Equal(2, (await Cli.RunAsync("", "restore", File("damaged"), "--data", File("new"), "--name", "a", "--name", "b")).Code);
    }
}
