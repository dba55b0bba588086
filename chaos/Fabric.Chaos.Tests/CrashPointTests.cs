using System.Diagnostics;
using Fabric.Chaos.Tests.Harness;
using Fabric.Tests.Shared;

namespace Fabric.Chaos.Tests;

/// <summary>Some of the crash points; <c>fabric-chaos crash-points</c> tries them all.</summary>
public sealed class CrashPointTests
{
    [Theory]
    [InlineData("--from", "3", "--to", "200", "--step", "28")]
    [InlineData("--from", "190", "--to", "290", "--step", "50", "--spoil-snapshot")]
    public async Task A_node_that_is_killed_at_a_call_of_its_own_recovers(params string[] points)
    {
        using var process = Process.Start(new ProcessStartInfo(RepositoryRoot.Built("dist", "fabric-chaos"), ["crash-points", "--node", Dist.Fabric, .. points])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(output.Trim());
        Assert.True(process.ExitCode == 0, output + await errors);
    }
}
