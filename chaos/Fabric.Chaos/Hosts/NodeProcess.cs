using System.Diagnostics;
using System.Globalization;

namespace Fabric.Chaos.Hosts;

/// <summary>A node's process, in its host's network and control group.</summary>
internal sealed class NodeProcess(string space, Freezer freezer, string log, IReadOnlyList<string> command)
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private Process? _process;

    internal bool Running => _process is { HasExited: false };

    internal int Id => _process?.Id ?? 0;

    /// <summary>How often it has been started.</summary>
    internal int Starts { get; private set; }

    /// <summary>What the process ended with, where it has ended by itself.</summary>
    internal int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <param name="environment">What is set for it alone.</param>
    /// <param name="options">What it is told besides.</param>
    internal void Start(IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? options = null)
    {
        // The shell becomes the node: same process, so that it can be killed and frozen by its number.
        var start = new ProcessStartInfo("sh", ["-c", $"exec \"$@\" >>{log} 2>&1", "sh", "nsenter", $"--net={Network.FileOf(space)}", .. command, .. options ?? []]);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        Starts++;
        freezer.Take(_process);
    }

    /// <summary>kill -9, whether it is frozen or not.</summary>
    internal void SignalKill()
    {
        if (Running)
            _ = Native.kill(Id, Native.Kill);
        freezer.Thaw();
    }

    internal async Task BuryAsync()
    {
        if (_process is null)
            return;
        using var deadline = new CancellationTokenSource(LongestEnd);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new HarnessException(string.Create(CultureInfo.InvariantCulture, $"process {Id} outlives kill -9"), late);
        }

        _process.Dispose();
        _process = null;
    }
}
