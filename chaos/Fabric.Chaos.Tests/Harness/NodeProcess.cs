using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>One node, run as a process of its own.</summary>
internal sealed partial class NodeProcess(string name, string folder, Uri http, IReadOnlyList<string> arguments) : IDisposable
{
    /// <summary>A node waits for others that start beside it, on a machine that may be very busy.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);

    private readonly StringBuilder _log = new();
    private Process? _process;
    private int _pid;
    private int _began;

    internal string Name => name;

    internal Uri Http => http;

    /// <summary>The build that it runs from its next start on.</summary>
    internal string Executable { get; set; } = Dist.Fabric;

    internal string Table { get; private set; } = "";

    internal bool Running => _process is { HasExited: false };

    /// <summary>All it has said on its standard error, over all its lives.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>What it has said since it was started last.</summary>
    internal string LastLife => Log[_began..];

    /// <summary>Starts it and waits for its `ready`, unless <paramref name="wait"/> says not to.</summary>
    /// <param name="wrapper">A command to run it under, such as strace with its options.</param>
    /// <param name="wait">Whether to wait until it takes writes.</param>
    internal async Task StartAsync(IReadOnlyList<string>? wrapper = null, bool wait = true)
    {
        string[] command = [.. wrapper ?? [], Executable, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        if (Environment.GetEnvironmentVariable("FABRIC_TEST_STOCK_LOG") == "1")
            start.Environment["FABRIC_UNSAFE_STOCK_LOG"] = "1";
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _began = Log.Length;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("ready", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        _process.ErrorDataReceived += (_, line) => Said(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"{name} ended before it was ready:\n{Log}"));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _pid = wrapper is null ? _process.Id : 0;
        Ready = ready.Task;
        if (wait)
            await WaitForReadyAsync();
    }

    internal Task Ready { get; private set; } = Task.CompletedTask;

    internal async Task WaitForReadyAsync()
    {
        try
        {
            await Ready.WaitAsync(StartTime);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} did not get ready in {StartTime.TotalMinutes} minutes:\n{Log}");
        }

        var status = await StatusAsync();
        _pid = status.GetProperty("pid").GetInt32();
        Table = status.GetProperty("table").GetString()!;
    }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    internal void Kill() => KillAtOnce(this);

    /// <summary>kill -9 to each in turn with nothing in between, then waits until all are gone.</summary>
    internal static void KillAtOnce(params ReadOnlySpan<NodeProcess> nodes)
    {
        foreach (var node in nodes)
            node.SignalKill();
        foreach (var node in nodes)
            node.Bury();
    }

    private void SignalKill()
    {
        if (_process is { HasExited: false })
            _ = Signal(_pid != 0 ? _pid : _process.Id, 9);
    }

    private void Bury()
    {
        if (_process is null)
            return;
        Assert.True(_process.WaitForExit(20_000), $"{name} outlives kill -9");
        _process.Dispose();
        _process = null;
    }

    /// <summary>Sends a signal, and waits for nothing.</summary>
    internal void Ask(int signal) => Assert.Equal(0, Signal(_pid, signal));

    /// <summary>
    /// SIGSTOP, and waits until every thread stands: the kernel tells one of them, which stops the others when it gets a
    /// processor, and on a busy machine those go on meanwhile.
    /// </summary>
    internal Task PauseAsync()
    {
        Ask(19);
        return Eventually.Async($"{name} stands", () => Task.FromResult(Directory.EnumerateDirectories($"/proc/{_pid}/task").All(IsStopped)));
    }

    /// <summary>SIGCONT.</summary>
    internal void Resume() => Ask(18);

    private static bool IsStopped(string thread)
    {
        try
        {
            // The state comes after the name, which may have anything in it.
            var line = File.ReadAllText(Path.Combine(thread, "stat"));
            return line[line.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            // It has just ended, so not all stand yet.
            return false;
        }
    }

    /// <summary>SIGTERM, once or several times in a row, and waits for the orderly end.</summary>
    internal int Terminate(int times = 1)
    {
        for (var i = 0; i < times; i++)
            Ask(15);
        Assert.True(_process!.WaitForExit(30_000), $"{name} does not end on SIGTERM:\n{Log}");
        // Without a time it also waits for what was said last.
        _process.WaitForExit();
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    internal async Task<JsonElement> StatusAsync(CancellationToken token = default) =>
        await Client.Http.GetFromJsonAsync<JsonElement>(new Uri(http, "/api/v1/node"), token);

    public void Dispose() => Kill();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);

    private void Said(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
    }
}

/// <summary>One HTTP client for all tests: no proxy, no waiting for a dead node's connection.</summary>
internal static class Client
{
    internal static HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        ConnectCallback = static async (context, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { Timeout = TimeSpan.FromSeconds(15) };
}
