using System.Diagnostics;

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

    private static Process Start(params string[] args) => Process.Start(new ProcessStartInfo(Executable, args)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
