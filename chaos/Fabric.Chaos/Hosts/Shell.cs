using System.Diagnostics;

namespace Fabric.Chaos.Hosts;

/// <summary>What the harness itself could not do; it says nothing of what is tested.</summary>
internal sealed class HarnessException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Commands of the system: ip, mount, nft.</summary>
internal static class Shell
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command to its end and gives what it wrote.</summary>
    /// <exception cref="HarnessException">It failed, or took longer than 30 s.</exception>
    internal static async Task<string> RunAsync(params string[] command)
    {
        var (code, output, errors) = await TryAsync(command);
        return code == 0 ? output : throw new HarnessException($"`{string.Join(' ', command)}` exited with {code}: {errors.Trim()}");
    }

    /// <summary>The same where failing is an answer.</summary>
    internal static async Task<(int Code, string Output, string Errors)> TryAsync(params string[] command)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new HarnessException($"`{string.Join(' ', command)}` did not end in {Longest.TotalSeconds:0} s", late);
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command that goes on until it is ended.</summary>
    internal static Process Start(params string[] command)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new HarnessException($"cannot run {command[0]}: {missing.Message}", missing);
        }
    }
}
