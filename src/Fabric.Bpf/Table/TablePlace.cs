using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Table;

/// <summary>Opens the host's table where programs will look for it.</summary>
public static class TablePlace
{
    /// <summary>A BPF file system of our own: the system's is closed to everybody but root, and not ours to open.</summary>
    public const string PinFolder = "/run/fabric/bpf";

    /// <summary>Whether it is mounted.</summary>
    public static bool HasPinFolder => Libc.IsOnBpfFs(PinFolder);

    internal const string UsualFile = "/run/fabric/table";

    /// <summary>Held by the living node whose table is in the usual place.</summary>
    internal const string UsualLock = "/run/fabric/lock";

    // Held until the process ends; opened by one thread at a time, as tables are.
    private static FileStream? _usualPlace;

    /// <summary>
    /// The owner's table: a BPF array where the kernel lets us have one, otherwise a file. Where several nodes share a
    /// host, the first has the usual place, and each other a place of its own name.
    /// </summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="path">Where; null for the usual place of this host.</param>
    /// <param name="dataDirectory">Where a file goes that has no better place.</param>
    /// <param name="usage">Where programs count; null for where they do so by themselves.</param>
    /// <exception cref="TableUnusableException">Neither can be had.</exception>
    public static IFlagTable Open(TableOwner owner, string? path, string dataDirectory, string? usage = null)
    {
        var shared = SharedPin(owner.Node);
        // A node that had a place of its own keeps it, for the programs that were told of it.
        var usual = path is null && !File.Exists(shared) && TakeUsualPlace();
        if (TryOpenPin(owner, path ?? (usual ? $"{PinFolder}/table" : shared), usage, out var whyFile) is { } pinned)
            return pinned;
        var own = Path.Combine(dataDirectory, "table");
        foreach (var file in path is not null && !IsPinPath(path) ? [path] : usual ? [UsualFile, own] : new[] { own })
        {
            try
            {
                HostUsage.Prepare(file, pinned: false, usage);
                return new FlagTable(
                    FileTableMemory.OpenOrCreate(file, owner),
                    heap => FileTableMemory.Create(file, owner, new TableSize(owner.Capacity, heap)),
                    owner.Facts,
                    usage) { WhyFile = whyFile, Before = file == UsualFile ? OutdatedPin.Find($"{PinFolder}/table", owner) : null };
            }
            catch (Exception refused) when (refused is TableUnusableException or IOException or UnauthorizedAccessException)
            {
                whyFile = $"{whyFile}; {refused.Message}";
            }
        }

        throw new TableUnusableException($"there is no place for the table: {whyFile}");
    }

    /// <summary>Pins a table again that somebody took from its place.</summary>
    /// <exception cref="TableUnusableException">The kernel refuses.</exception>
    internal static void Restore(int table, string path)
    {
        if (IsPinPath(path))
            MountPinFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        BpfTableMemory.Pin(table, path);
    }

    /// <summary>A BPF file system takes no name with a dot, and a node's name has no plus.</summary>
    internal static string PinName(string node) => node.Replace('.', '+');

    /// <summary>False when another living node of this host has the usual place.</summary>
    private static bool TakeUsualPlace()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(UsualLock)!);
            _usualPlace ??= new FileStream(UsualLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Closed to others, who could otherwise hold the lock and keep the usual place empty.
            _ = Libc.chmod(UsualLock, 0x180); // rw-------
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The table of a node that does not have the usual place; whatever else it pins is in the same folder.</summary>
    public static string SharedPin(string node) => $"{PinFolder}/{PinName(node)}/table";

    internal static bool IsPinPath(string path) => path.StartsWith(PinFolder + "/", StringComparison.Ordinal);

    private static FlagTable? TryOpenPin(TableOwner owner, string path, string? usage, out string? why)
    {
        why = null;
        try
        {
            if (IsPinPath(path))
                MountPinFolder();
            var folder = Path.GetDirectoryName(path)!;
            if (!Libc.IsOnBpfFs(IsPinPath(path) ? PinFolder : folder))
            {
                why = $"{folder} is not on a BPF file system";
                return null;
            }

            Directory.CreateDirectory(folder);
            _ = Libc.chmod(folder, 0x1ed); // rwxr-xr-x
            HostUsage.Prepare(path, pinned: true, usage);
            return new FlagTable(
                BpfTableMemory.OpenOrCreate(path, owner),
                heap => BpfTableMemory.Create(path, owner, new TableSize(owner.Capacity, heap)),
                owner.Facts,
                usage);
        }
        catch (Exception refused) when (refused is TableUnusableException or BpfRefusedException or IOException
            or UnauthorizedAccessException or DllNotFoundException)
        {
            why = refused.Message;
            return null;
        }
    }

    /// <exception cref="TableUnusableException">It is not mounted, and cannot be.</exception>
    internal static void MountPinFolder()
    {
        Directory.CreateDirectory(PinFolder);
        if (Libc.IsOnBpfFs(PinFolder))
            return;
        if (Libc.mount("bpf", PinFolder, "bpf", 0, "mode=0755") != 0)
            throw new TableUnusableException($"cannot mount a BPF file system at {PinFolder}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }
}
