using System.Diagnostics;
using System.Globalization;
using Fabric.Bpf.Attach;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>Two hundred attachments on a host with five hundred processes more, ten of them in mount namespaces of their own; a thousand new versions.</summary>
[Collection("kernel")]
public sealed class DoorAtScaleTests(ITestOutputHelper output) : IDisposable
{
    private const int Attachments = 200;
    private const int ProcessCount = 500;
    private const int Spaces = 10;
    private const int Redeployments = 1000;
    private const int AtOnce = 20;

    private readonly DoorHost _host = new();
    private readonly List<Process> _processes = [];

    [Fact]
    public async Task Many_attachments_are_made_and_given_back_among_many_processes()
    {
        var requests = Spread(Attachments);
        for (var i = 0; i < ProcessCount; i++)
            Run(i < Spaces ? ["unshare", "--mount", "sleep", "600"] : i % 2 == 0 ? ["/bin/sleep", "600"] : [requests[i % Attachments].Exe, "x"]);

        using var door = _host.Open();
        var clock = Stopwatch.StartNew();
        door.Want(requests);
        await door.SettledAsync(DoorHost.Token);
        output.WriteLine($"{Attachments} attached among {Processes.All().Count()} processes: {clock.ElapsedMilliseconds} ms");
        Assert.All(door.List(), static one => Assert.Equal(AttachmentState.Attached, one.State));
        Assert.Equal(Attachments, _host.Pinned.Length);
        output.WriteLine($"kinds: {string.Join(", ", door.List().CountBy(static one => one.Files[0].Kind.ToString()!))}");

        var before = DoorTime();
        await Task.Delay(10_000, DoorHost.Token);
        output.WriteLine($"idle: {(DoorTime() - before).TotalMilliseconds / 100:0.00} % of one CPU over 10 s");

        door.Dispose();
        clock.Restart();
        using var next = _host.Open();
        next.Want(requests);
        await next.SettledAsync(DoorHost.Token);
        output.WriteLine($"taken over by the next node: {clock.ElapsedMilliseconds} ms");
        Assert.All(next.List(), static one => Assert.Equal(AttachmentState.Attached, one.State));

        clock.Restart();
        next.Want([]);
        await next.SettledAsync(DoorHost.Token);
        output.WriteLine($"given back: {clock.ElapsedMilliseconds} ms");
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_thousand_new_versions()
    {
        var requests = Spread(AtOnce);
        using var door = _host.Open();
        door.Want(requests);
        await door.SettledAsync(DoorHost.Token);
        var (descriptors, memory) = (0, 0L);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < Redeployments / AtOnce; round++)
        {
            var before = Inodes(door);
            foreach (var request in requests)
                _host.Deploy(request.Exe);
            await DoorHost.UntilAsync(() => Inodes(door) is var now && now.Count == AtOnce && !now.Overlaps(before), "all new versions are attached");
            if (round == 9)
                (descriptors, memory) = Used();
        }

        output.WriteLine($"{Redeployments} new versions: {clock.ElapsedMilliseconds} ms");
        await DoorHost.UntilAsync(() => door.List().All(static one => one.Files.Length == 1), "nobody runs a replaced version");
        var (descriptorsAfter, memoryAfter) = Used();
        output.WriteLine($"descriptors {descriptors} -> {descriptorsAfter}, memory {memory >> 20} -> {memoryAfter >> 20} MiB");
        Assert.Equal(AtOnce, _host.Pinned.Length);
        Assert.InRange(descriptorsAfter, 0, descriptors + 10);
        Assert.InRange(memoryAfter, 0, memory + (32 << 20));
        door.Want([]);
        await door.SettledAsync(DoorHost.Token);
        Assert.Empty(_host.Pinned);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        _host.Dispose();
    }

    private static HashSet<long> Inodes(OverrideDoor door) =>
        [.. door.List().Select(static one => one.Files[0]).Where(static file => file.State == AttachmentState.Attached).Select(static file => file.Inode)];

    private static (int Descriptors, long Memory) Used()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var self = Process.GetCurrentProcess();
        return (Directory.GetFileSystemEntries("/proc/self/fd").Length, self.WorkingSet64);
    }

    /// <summary>What the door's own thread has used of a CPU.</summary>
    private static TimeSpan DoorTime()
    {
        var task = Directory.GetDirectories("/proc/self/task").Single(static task => File.ReadAllText($"{task}/comm") == "override door\n");
        var run = File.ReadAllText($"{task}/schedstat").Split(' ')[0];
        return TimeSpan.FromMicroseconds(long.Parse(run, CultureInfo.InvariantCulture) / 1000.0);
    }

    private void Run(string[] command) =>
        _processes.Add(Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!);

    private AttachmentRequest[] Spread(int count) =>
        [.. Enumerable.Range(0, count).Select(i =>
        {
            var path = Path.Combine(_host.Data, $"program-{i}");
            _host.Deploy(path);
            return new AttachmentRequest(path, DoorHost.Symbol);
        })];
}
