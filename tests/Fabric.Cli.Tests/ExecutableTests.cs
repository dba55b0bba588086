using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Fabric.Cli.Tests;

/// <summary>The built executable as a process of its own.</summary>
public sealed class ExecutableTests
{
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "fabric");

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_node_prints_its_ready_line_and_ends_with_zero_on_a_signal(string signal)
    {
        var folder = Directory.CreateTempSubdirectory("fabric-exe-").FullName;
        using var node = Start("node", "--name", "a", "--data", folder, "--http", "127.0.0.1:0", "--table", $"{folder}/table");
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            var ready = await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.NotNull(ready);
            Assert.Matches($"^ready name=a http=http://127.0.0.1:[0-9]+ table={folder}/table$", ready);

            using var kill = Process.Start("kill", [$"-{signal}", $"{node.Id}"]);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
            Assert.Equal(0, node.ExitCode);
            Assert.Equal("", await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.DoesNotContain("Unhandled", await errors, StringComparison.Ordinal);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_service_manager_is_told_when_the_node_is_ready_and_when_it_stops()
    {
        var folder = Directory.CreateTempSubdirectory("fabric-exe-").FullName;
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint($"{folder}/notify"));
        using var node = Start([new("NOTIFY_SOCKET", $"{folder}/notify")], "node", "--name", "a", "--data", folder, "--http", "127.0.0.1:0", "--table", $"{folder}/table");
        try
        {
            Assert.Equal("READY=1", await HearAsync(manager));
            Assert.StartsWith("ready ", await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            using var kill = Process.Start("kill", ["-TERM", $"{node.Id}"]);
            Assert.Equal("STOPPING=1", await HearAsync(manager));
            await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
            Assert.Equal(0, node.ExitCode);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> HearAsync(Socket manager)
    {
        var said = new byte[256];
        var length = await manager.ReceiveAsync(said, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(said, 0, length);
    }

    private static Process Start(params string[] args) => Start([], args);

    private static Process Start(KeyValuePair<string, string>[] environment, params string[] args)
    {
        var start = new ProcessStartInfo(Executable, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
