using System.Diagnostics;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Log;

/// <summary>
/// B1: the stock log lets a follower acknowledge before its entries are on the disk. A child process appends as a follower
/// does, on a disk that strace makes slow, and kills itself the moment the append returns.
/// </summary>
[Collection("fabric")]
public sealed class FollowerFlushTests
{
    private const string ChildVariable = "FABRIC_TEST_FOLLOWER_LOG";
    private const string StockVariable = "FABRIC_TEST_FOLLOWER_STOCK";

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task An_entry_that_a_follower_acknowledged_survives_a_kill_only_with_our_log(bool stock, long entriesLeft)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed, so the disk cannot be made slow; apt-get install strace");
        using var folder = new TemporaryDirectory();

        await RunChildAsync(folder.Path, stock);

        Assert.True(File.Exists(folder["appended"]), "the child did not come to the end of its append");
        var (log, _) = await DurableLogTests.OpenAsync(folder.Path);
        await using (log)
            Assert.Equal(entriesLeft, log.LastEntryIndex);
    }

    [Fact(Explicit = true)]
    public async Task Child()
    {
        var directory = Environment.GetEnvironmentVariable(ChildVariable);
        Assert.SkipWhen(directory is null, "runs only as the child of the test above");
        var (log, _) = await DurableLogTests.OpenAsync(directory, Environment.GetEnvironmentVariable(StockVariable) == "1");
        await DurableLogTests.AppendAsync(log, DurableLogTests.Entries(1, 1), 1);

        File.Create(Path.Combine(directory, "appended")).Dispose();
        Process.GetCurrentProcess().Kill();
    }

    private static async Task RunChildAsync(string directory, bool stock)
    {
        string[] arguments =
        [
            "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:delay_enter=300000",
            Environment.ProcessPath!, "-explicit", "only", "-method", $"{typeof(FollowerFlushTests).FullName}.{nameof(Child)}",
        ];
        var start = new ProcessStartInfo("/usr/bin/strace", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ChildVariable] = directory;
        start.Environment[StockVariable] = stock ? "1" : "0";
        using var child = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Until.Deadline);
        try
        {
            await Task.WhenAll(
                child.StandardOutput.ReadToEndAsync(deadline.Token), child.StandardError.ReadToEndAsync(deadline.Token), child.WaitForExitAsync(deadline.Token));
        }
        finally
        {
            if (!child.HasExited)
                child.Kill(entireProcessTree: true);
        }
    }
}
