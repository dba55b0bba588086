using System.Diagnostics;
using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Tests.Usage;

/// <summary>Where there is nothing to count in, a program gets its answers as ever; what is in the folder, the node reads without harm.</summary>
public sealed class HarmlessTests : IDisposable
{
    private readonly Counting _counting = new(64, ("a", true));

    public void Dispose() => _counting.Dispose();

    [Fact]
    public void A_program_is_answered_where_it_cannot_count()
    {
        Directory.Delete(_counting.Sheets);
        Assert.Equal("1 1 on", Ask("", "a"));
        File.WriteAllText(_counting.Sheets, "not a folder");
        Assert.Equal("1 1 on", Ask("", "a"));
        File.Delete(_counting.Sheets);

        UsageFolder.Prepare(_counting.Sheets, mount: false);
        Assert.Equal("1 1 on", Ask("FABRIC_USAGE=", "a"));
        Assert.Equal("1 1 on", Ask($"FABRIC_USAGE={_counting.Folder}/nowhere", "a"));
        // Files beyond this limit would end the process by a signal.
        Assert.Equal("1 1 on", Ask("", "a", "prlimit --fsize=8192 "));
        Assert.Equal("1 1 on", Ask("", "a", "prlimit --nofile=4 "));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_counting.Sheets).Skip(1));
    }

    [Fact]
    public void A_program_of_another_user_counts_in_a_folder_that_is_not_its_own()
    {
        Assert.Equal(0, Libc.chmod(_counting.Folder, 0x1ed)); // rwxr-xr-x
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Repository.Native("count"), "held", "7", "a"]);
        var process = _counting.Start(start);
        process.StandardInput.WriteLine("go");
        Assert.Equal("asked", process.StandardOutput.ReadLine());
        var sheet = Assert.Single(_counting.Read());
        Assert.Equal((65534u, false, 7L), (sheet.User, sheet.Ended, _counting.Calls("a")));
    }

    [Fact]
    public void A_folder_that_appears_later_is_counted_in_once_the_node_stamps_its_table()
    {
        Directory.Delete(_counting.Sheets);
        var process = _counting.Start("held", "10", "a");
        Go(process);
        UsageFolder.Prepare(_counting.Sheets, mount: false);
        Go(process);
        Assert.Empty(_counting.Read());
        _counting.Table.Stamp();
        Go(process);
        Assert.Equal(10, _counting.Calls("a"));
    }

    [Fact]
    public void A_program_counts_where_it_is_told_and_the_node_reads_where_it_is_told()
    {
        var elsewhere = Path.Combine(_counting.Folder, "elsewhere");
        using var table = TablePlace.Open(TestTables.Owner(), Path.Combine(_counting.Folder, "second"), _counting.Folder, elsewhere);
        table.Reconcile(1, _counting.Flags);
        var start = new ProcessStartInfo(Repository.Native("count"), ["held", "9", "a"]);
        start.Environment["FABRIC_USAGE"] = elsewhere;
        Go(_counting.Start(start));
        Assert.Empty(_counting.Read());
        Assert.Equal(9, Assert.Single(Assert.Single(table.Usage.Read().Sheets).Rows).Counts.Sum());
    }

    [Fact]
    public void What_is_no_sheet_in_the_folder_is_left_out()
    {
        _counting.Run("values", "a");
        var sound = Assert.Single(Directory.GetFiles(_counting.Sheets));
        var bytes = File.ReadAllBytes(sound);
        var calls = _counting.Calls();

        File.CreateSymbolicLink(Path.Combine(_counting.Sheets, "link"), sound);
        Directory.CreateDirectory(Path.Combine(_counting.Sheets, "folder"));
        Process.Start("mkfifo", Path.Combine(_counting.Sheets, "pipe")).WaitForExit();
        File.WriteAllText(Path.Combine(_counting.Sheets, "text"), new string('x', 5000));
        File.WriteAllBytes(Path.Combine(_counting.Sheets, "empty"), []);
        using (var large = File.Create(Path.Combine(_counting.Sheets, "large")))
            large.SetLength(5L << 30);
        Process.Start("ln", [sound, Path.Combine(_counting.Folder, "second-name")]).WaitForExit();
        Assert.Equal(0, _counting.Calls()); // a file with two names may be taken away from under one

        File.Delete(Path.Combine(_counting.Folder, "second-name"));
        var reading = _counting.Table.Usage.Read();
        Assert.Equal(calls, _counting.Calls());
        Assert.Equal(6, reading.Unread);

        // Cut short, at any place.
        for (var length = 0; length < 4096; length += 97)
        {
            File.WriteAllBytes(Path.Combine(_counting.Sheets, "short"), bytes[..length]);
            _ = _counting.Table.Usage.Read();
        }
    }

    [Fact]
    public void Bytes_of_any_kind_are_read_without_harm_and_lead_nowhere()
    {
        _counting.Run("values", "a");
        var sound = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_counting.Sheets)));
        var random = new Random(7);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])sound.Clone();
            for (var change = random.Next(1, 20); change > 0; change--)
                bytes[16 + random.Next(round % 2 == 0 ? 1400 : bytes.Length - 16)] = (byte)random.Next(256);
            if (round % 3 == 0)
                MemoryMarshal.Write(bytes.AsSpan(16), ulong.MaxValue);
            var (rows, beyond) = UsageSheet.Read(bytes);
            read += rows.Count;
            Assert.InRange(beyond, 0, 1L << 53);
            Assert.All(rows, static row => Assert.All(row.Counts, static count => Assert.InRange(count, 0, 1L << 53)));
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void Sheets_of_another_nodes_table_are_left_alone()
    {
        _counting.Run("values", "a");
        var other = new UsageFolder(_counting.Sheets, TestTables.FabricId, TestTables.Owner(node: "b").NodeBytes(), TimeProvider.System);
        Assert.Equal((0, 0), (other.Read().Sheets.Count, other.Read().Unread));
        Assert.NotEmpty(Directory.GetFiles(_counting.Sheets));
    }

    [Fact]
    public void A_process_takes_memory_for_the_flags_that_it_asks_for_and_not_for_the_table()
    {
        using var many = new Counting(16_384, [.. Enumerable.Range(0, 10_000).Select(static i => ($"flag-{i}", true))]);
        var progress = Path.Combine(many.Folder, "progress");
        many.Run("run", progress, "1", "20", "flag-17", "flag-18");
        var few = new FileInfo(Assert.Single(Directory.GetFiles(many.Sheets))).Length;
        Assert.Equal(32 << 10, few);

        var all = Enumerable.Range(0, 10_000).Select(static i => $"flag-{i}").ToArray();
        many.Run(["run", progress, "1", "10000", .. all]);
        var sheets = new DirectoryInfo(many.Sheets).GetFiles();
        var bytes = sheets.Sum(static file => file.Length) - few;
        TestContext.Current.TestOutputHelper!.WriteLine($"2 flags of 10,000: {few} bytes of sheets; 10,000: {bytes}");
        Assert.InRange(bytes, 10_000 * 192, 10_000 * 1024);
        Assert.Equal(10_020, many.Calls());
        Assert.Equal(0, many.Read().Sum(static sheet => sheet.Beyond));
    }

    [Fact]
    public void The_node_reads_five_hundred_processes_that_each_ask_for_fifty_flags()
    {
        using var many = new Counting(16_384, [.. Enumerable.Range(0, 10_000).Select(static i => ($"flag-{i}", true))]);
        for (var i = 0; i < 500; i++)
            many.Run(["run", Path.Combine(many.Folder, "progress"), "1", "50", .. Enumerable.Range(i * 19, 50).Select(static flag => $"flag-{flag}")]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sheets = many.Read();
        TestContext.Current.TestOutputHelper!.WriteLine($"500 processes: {sheets.Count} sheets of {32 << 10} bytes, {GC.GetAllocatedBytesForCurrentThread() - before} bytes to read them");
        Assert.Equal(500, sheets.Count);
        Assert.Equal(25_000, many.Calls());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    private static void Go(Process process)
    {
        process.StandardInput.WriteLine("go");
        Assert.Equal("asked", process.StandardOutput.ReadLine());
    }

    /// <summary>What tests/native/ask.c prints of a flag, with a variable set and by a program before it.</summary>
    private string Ask(string variable, string flag, string by = "")
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{by}{Repository.Native("ask")}"]);
        if (variable.Split('=') is [var name, var value])
            start.Environment[name] = value;
        var process = _counting.Start(start);
        process.StandardInput.WriteLine(flag);
        process.StandardInput.Close();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return string.Join(' ', printed.Split(' ').Take(3));
    }
}
