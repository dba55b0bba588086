using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabric.Chaos.CrashPoints;

/// <summary>A node that is a whole fabric alone, run as a process, perhaps to be killed at one of its own calls.</summary>
internal sealed class CrashNode : IDisposable
{
    /// <summary>Small, so that a short script goes through many snapshots and cuts of the log.</summary>
    private const int EntriesPerSnapshot = 10;

    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="programs">What is run.</param>
    /// <param name="folder">The node's own.</param>
    /// <param name="killAt">Which of its calls kills it, from 1; 0 for none; null for a node that runs as it does everywhere.</param>
    public CrashNode(CrashPrograms programs, string folder, int? killAt)
    {
        var port = FreePort();
        Http = new Uri($"http://127.0.0.1:{port}");
        string[] node =
        [
            programs.Fabric, "node", "--name", "a", "--data", DataIn(folder), "--http", $"127.0.0.1:{port}", "--table", Path.Combine(folder, "table"),
            "--usage", Path.Combine(folder, "usage"), "--entries-per-snapshot", $"{EntriesPerSnapshot}",
        ];
        string[] command = killAt is { } at ? [programs.KillAt, $"{at}", .. node] : node;
        _process = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder } };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("ready", StringComparison.Ordinal) == true)
                _ready.TrySetResult(true);
        };
        _process.ErrorDataReceived += (_, line) => Said(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _ready.TrySetResult(false);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string DataIn(string folder) => Path.Combine(folder, "data");

    public Uri Http { get; }

    public bool Running => !_process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>True when it takes writes; false when it has ended before.</summary>
    /// <exception cref="TimeoutException">It did neither.</exception>
    public Task<bool> ReadyAsync(TimeSpan within) => _ready.Task.WaitAsync(within);

    public Task EndAsync(TimeSpan within) => _process.WaitForExitAsync().WaitAsync(within);

    /// <summary>kill -9, which takes along what kill-at has started.</summary>
    public void Dispose()
    {
        if (Running)
            _process.Kill();
        _process.WaitForExit(20_000);
        _process.Dispose();
    }

    private void Said(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Where the programs are.</summary>
/// <param name="Fabric">The node's.</param>
/// <param name="KillAt">What kills it.</param>
internal sealed record CrashPrograms(string Fabric, string KillAt)
{
    /// <summary>Beside this executable, where <c>build.sh</c> puts them; null, with the reason, where one is missing.</summary>
    public static (CrashPrograms? Found, string Missing) Find(string? folder = null)
    {
        var beside = folder ?? AppContext.BaseDirectory;
        var programs = new CrashPrograms(Path.Combine(beside, "fabric"), Path.Combine(beside, "chaos", "kill-at"));
        var missing = new[] { programs.Fabric, programs.KillAt }.FirstOrDefault(static file => !File.Exists(file));
        return missing is null ? (programs, "") : (null, $"{missing} is missing; ./build.sh builds it");
    }
}
