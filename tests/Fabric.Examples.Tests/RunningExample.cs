using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Fabric.Tests.Shared;

namespace Fabric.Examples.Tests;

/// <summary>An example that runs. All that it says is kept.</summary>
internal sealed partial class RunningExample : IDisposable
{
    internal const int IntervalMilliseconds = 20;

    private const int Sigterm = 15;

    private readonly Process _process;

    // Written by the reader's threads, read by the test's.
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errors = new();

    private RunningExample(Example example, Process process)
    {
        Example = example;
        _process = process;
        _process.OutputDataReceived += (_, line) => Said(line.Data, text => _lines.Add(text));
        _process.ErrorDataReceived += (_, line) => Said(line.Data, text => _errors.AppendLine(text));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal Example Example { get; }

    internal bool Running => !_process.HasExited;

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>What it said last of everybody, or of its user, whichever this line speaks of.</summary>
    internal string? LastLike(string line) => Lines.LastOrDefault(said => IsOfUser(said) == IsOfUser(line));

    /// <param name="example">What to start.</param>
    /// <param name="table">Where it finds the flags.</param>
    /// <param name="arguments">The flag, and the user where it is to ask for one.</param>
    internal static RunningExample Start(Example example, string table, params string[] arguments)
    {
        var start = new ProcessStartInfo(example.Command[0], [.. example.Command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment =
            {
                ["FABRIC_TABLE"] = table,
                // Java takes the encoding of its arguments from it.
                ["LC_ALL"] = "C.UTF-8",
                ["INTERVAL_MS"] = $"{IntervalMilliseconds}",
                // What an installed library makes needless.
                ["LD_LIBRARY_PATH"] = Path.Combine(RepositoryRoot.Path, "dist"),
            },
        };
        return new RunningExample(example, Process.Start(start)!);
    }

    /// <summary>Ends it as a service manager does.</summary>
    internal int Terminate()
    {
        Assert.Equal(0, Signal(_process.Id, Sigterm));
        Assert.True(_process.WaitForExit(30_000), $"{Example.Language} does not end on SIGTERM");
        return _process.ExitCode;
    }

    /// <summary>What it has said, for a test that waited in vain.</summary>
    public override string ToString()
    {
        lock (_lock)
            return $"{Example.Language}: [{string.Join(" | ", _lines)}] {(Running ? "runs" : $"ended with {_process.ExitCode}")} {_errors}".TrimEnd();
    }

    public void Dispose()
    {
        if (Running)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool IsOfUser(string line) => line.Contains(" for ", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);

    private void Said(string? line, Action<string> keep)
    {
        if (line is null)
            return;
        lock (_lock)
            keep(line);
    }
}
