using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>
/// Something on a voter's disk is not what was written: the node must start with all that it had, or say that it cannot. Then its
/// folder is deleted and it is given its vote again, as its message says.
/// </summary>
internal sealed class Rotten(Arena arena, Action<Random, FileStream, long> spoil) : Fault(arena)
{
    private static readonly string[] Folders = ["log", "snapshots"];
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    internal override async Task BeginAsync()
    {
        var host = Arena.AnyVoter();
        Hosts = [host];
        await host.KillAsync();
        var file = Pick(host);
        Detail["file"] = Path.GetRelativePath(host.Data, file);
        await using var open = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        spoil(Arena.Random, open, LastByteOf(open));
        host.Start();
    }

    internal override async Task EndAsync()
    {
        var host = Hosts[0];
        Detail["refused"] = !await StartsAsync(host);
        if (host.Node.Running)
            return;
        await host.KillAsync();
        Emptied = true;
        Detail["back"] = await EmptyFolder.BringBackAsync(Arena, host);
    }

    /// <summary>The last bytes that were written are zeros, as after a write that was torn.</summary>
    internal static void TearTail(Random random, FileStream file, long last)
    {
        var from = Math.Max(0, last - random.Next(8, 200));
        file.Position = from;
        file.Write(new byte[last + 1 - from]);
    }

    /// <summary>One bit is another.</summary>
    internal static void FlipBit(Random random, FileStream file, long last)
    {
        var place = random.NextInt64(last + 1);
        file.Position = place;
        var read = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(read ^ (1 << random.Next(8))));
    }

    private string Pick(Host host)
    {
        string[] files = [.. Folders.Select(folder => Path.Combine(host.Data, folder)).Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(static file => new FileInfo(file).Length > 0).Order(StringComparer.Ordinal)];
        return files[Arena.Random.Next(files.Length)];
    }

    /// <summary>Pages are longer than what is written to them.</summary>
    private static long LastByteOf(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Math.Max(0, bytes.AsSpan().LastIndexOfAnyExcept((byte)0));
    }

    /// <summary>Whether the node comes up; a log that it cannot use ends it.</summary>
    private static async Task<bool> StartsAsync(Host host)
    {
        using var deadline = new CancellationTokenSource(LongestStart);
        while (host.Node.Running && !deadline.IsCancellationRequested)
        {
            if (await host.StatusAsync() is { } status && status.GetProperty("ready").GetBoolean())
                return true;
            await Task.Delay(100);
        }

        return host.Node.Running;
    }
}
