using System.Diagnostics;
using Fabric.Bpf.Table;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

/// <summary>What an unprivileged process can do to a table: read it.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData(TableKind.Bpf, 13)]
    [InlineData(TableKind.File, 11)]
    public void An_unprivileged_process_reads_the_table_and_can_by_no_means_change_it(TableKind kind, int attempts)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to make a table that another user attacks");
        var folder = Folder(kind);
        using var table = Open(kind, folder);
        table.Reconcile(1, Set(1, ("flag", Boolean(true))));
        var digest = table.Digest();

        using var attack = Process.Start(new ProcessStartInfo(Repository.Native("attack"), [table.Path, kind == TableKind.Bpf ? "bpf" : "file"])
        {
            RedirectStandardOutput = true,
        })!;
        var lines = attack.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        attack.WaitForExit();
        foreach (var line in lines)
            TestContext.Current.TestOutputHelper!.WriteLine(line);

        Assert.Equal(0, attack.ExitCode);
        Assert.Contains("read map", lines);
        Assert.DoesNotContain(lines, static line => line.StartsWith("ALLOWED", StringComparison.Ordinal));
        Assert.Equal(attempts, lines.Count(static line => line.StartsWith("refused", StringComparison.Ordinal)));
        Assert.Equal(1, Evaluator.Evaluate(table, "flag").Truth);
        Assert.Equal(digest, table.Digest());
        Directory.Delete(folder, recursive: true);
    }
}
