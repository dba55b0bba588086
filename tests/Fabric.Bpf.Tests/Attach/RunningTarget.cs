using System.Diagnostics;
using Fabric.Bpf.Tests.Elf;
using Fabric.Tests.Shared;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>A program that runs and prints its answers when they change.</summary>
internal sealed class RunningTarget : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private bool _ended;

    private RunningTarget(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) =>
        {
            lock (_lines)
            {
                _lines.Add(line.Data ?? "ended");
                Monitor.PulseAll(_lines);
            }
        };
        _process.BeginOutputReadLine();
    }

    internal int Id => _process.Id;

    internal static RunningTarget Start(string exe, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(exe, arguments) { RedirectStandardOutput = true })!);

    /// <summary>Waits until its last answer is this one.</summary>
    internal void WaitFor(string line)
    {
        var clock = Stopwatch.StartNew();
        lock (_lines)
        {
            while (_lines.LastOrDefault() != line)
                Assert.True(clock.Elapsed < Patience && Monitor.Wait(_lines, Patience), $"'{line}' did not come; the last was '{_lines.LastOrDefault()}'");
        }
    }

    /// <summary>The bytes of a function in the running program, for a program that is not moved in memory.</summary>
    internal byte[] CodeAt(string exe, long fileOffset, int count)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/maps").First(line => line.EndsWith(exe, StringComparison.Ordinal) && Covers(line, fileOffset));
        var parts = line.Split(' ');
        var address = Convert.ToInt64(parts[0].Split('-')[0], 16) + fileOffset - Convert.ToInt64(parts[2], 16);
        using var memory = File.OpenHandle($"/proc/{_process.Id}/mem");
        var bytes = new byte[count];
        Assert.Equal(count, RandomAccess.Read(memory, bytes, address));
        return bytes;
    }

    /// <summary>Two programs, one that asks for a flag and one that asks for a key too, built from the tests' own source.</summary>
    internal static string BuildC(string folder)
    {
        var path = Path.Combine(folder, "target");
        Binaries.Run("cc", $"-O2 -g -rdynamic -o {path} {Path.Combine(RepositoryRoot.Path, "tests/vm/targets/target.c")}");
        return path;
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Covers(string line, long offset)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var range = parts[0].Split('-').Select(static text => Convert.ToInt64(text, 16)).ToArray();
        var start = Convert.ToInt64(parts[2], 16);
        return offset >= start && offset < start + range[1] - range[0] && parts[1].Contains('x', StringComparison.Ordinal);
    }
}
