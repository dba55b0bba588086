using System.Diagnostics;

namespace Fabric.Telemetry.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    /// <returns>Its exit code, and all that it wrote.</returns>
    public static async Task<(int Code, string Said)> RunAsync(string input, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var token = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
        await process.StandardInput.WriteAsync(input.AsMemory(), token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(token);
        return (process.ExitCode, await output + await errors);
    }
}
