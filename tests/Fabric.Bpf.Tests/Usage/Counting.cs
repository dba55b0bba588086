using System.Diagnostics;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.State;

namespace Fabric.Bpf.Tests.Usage;

/// <summary>A table in a file, the folder that its callers count in, and programs that ask for its flags.</summary>
internal sealed class Counting : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly List<Process> _processes = [];

    internal Counting(int capacity = 64, params (string Key, bool On)[] flags)
    {
        Folder = TestTables.Folder(TableKind.File);
        HostUsage.Prepare(Path.Combine(Folder, "table"), pinned: false);
        Table = TestTables.Open(TableKind.File, Folder, TestTables.Owner(capacity));
        Flags = TestTables.Set(1, [.. flags.Select(static flag => (flag.Key, TestTables.Boolean(flag.On)))]);
        Table.Reconcile(1, Flags);
        Table.Stamp();
    }

    internal string Folder { get; }

    internal string Sheets => Path.Combine(Folder, "usage");

    internal FlagTable Table { get; }

    internal FlagSet Flags { get; }

    internal IReadOnlyList<SheetReading> Read() => Table.Usage.Read().Sheets;

    /// <summary>How often a name was asked for, whoever did and whatever came of it.</summary>
    internal long Calls(string name) => Rows().Where(row => row.Name == name).Sum(static row => row.Counts.Sum());

    internal long Calls() => Rows().Sum(static row => row.Counts.Sum()) + Read().Sum(static sheet => sheet.Beyond);

    internal IEnumerable<UsageRow> Rows() => Read().SelectMany(static sheet => sheet.Rows);

    /// <summary>Starts tests/native/count.c.</summary>
    internal Process Start(params string[] arguments) => Start(new ProcessStartInfo(Repository.Native("count"), arguments));

    internal Process Start(ProcessStartInfo start)
    {
        start.Environment["FABRIC_TABLE"] = Table.Path;
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs it to its end, and returns what it printed.</summary>
    internal string Run(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var printed = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience));
        Assert.Equal(0, process.ExitCode);
        _processes.Remove(process);
        return printed;
    }

    internal static void Until(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < Patience, what);
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Table.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
