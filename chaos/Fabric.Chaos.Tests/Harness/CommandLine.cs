using System.Diagnostics;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>The command line as it is shipped.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command to its end; fails where it does not exit with 0.</summary>
    internal static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        Assert.True(code == 0, $"fabric {string.Join(' ', arguments)} exited with {code}: {errors}");
        return output;
    }

    /// <summary>The same where failing is an answer.</summary>
    internal static async Task<(int Code, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, output, await errors);
    }

    internal static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Dist.Fabric, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
