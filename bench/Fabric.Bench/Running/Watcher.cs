using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Fabric.Bench.Running;

/// <summary>A program in C that asks for one flag of one table all the time, and says when the answer changes.</summary>
internal sealed class Watcher : IDisposable
{
    private readonly BlockingCollection<(bool On, long At)> _changes = [];
    private readonly Process _process;

    internal Watcher(FleetNode node, string flag)
    {
        Node = node;
        var start = new ProcessStartInfo(Repository.Native("watcher"), [flag]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["FABRIC_TABLE"] = node.Table;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Split(' ') is [var on, var at])
                _changes.Add((on == "1", long.Parse(at, CultureInfo.InvariantCulture)));
        };
        _process.BeginOutputReadLine();
    }

    internal FleetNode Node { get; }

    /// <summary>Waits for the next change and says when it was seen: nanoseconds of CLOCK_MONOTONIC, which is Stopwatch's clock.</summary>
    internal long Seen(bool on)
    {
        if (!_changes.TryTake(out var change, TimeSpan.FromSeconds(30)))
            throw new TimeoutException($"the table of {Node.Name} does not show the change");
        return change.On == on ? change.At : throw new InvalidOperationException($"the table of {Node.Name} shows a change that was not made");
    }

    public void Dispose()
    {
        // It ends when its input does.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _changes.Dispose();
    }
}
