using System.Diagnostics;
using Fabric.Tests.Shared;

namespace Fabric.Examples.Tests;

/// <summary>All examples, built once as their README says, after whatever compiler is missing has been installed.</summary>
public sealed class BuiltExamples : IAsyncLifetime
{
    private const string Script =
        """
        set -euo pipefail
        . scripts/need.sh
        need_languages
        make -s -C bpf OUT="$PWD/dist"
        make -s -C tests/native
        make -s -j2 -C examples
        make -s -j2 -C tests/vm/targets overrides
        """;

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1\n{Script}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, $"the examples cannot be built:\n{output}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
