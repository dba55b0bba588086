using Fabric.Bpf.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Usage;

/// <summary>
/// The folder that every process of the host may put its sheet into. What is in it anybody may have written: a file is
/// opened without following links, read and never mapped, since its owner may shorten it, and bounded in size and number.
/// </summary>
/// <param name="path">Where it is.</param>
/// <param name="fabric">Of the fabric whose sheets are wanted.</param>
/// <param name="node">The node's name, as tables have it.</param>
/// <param name="time">Says how old a file is.</param>
internal sealed unsafe class UsageFolder(string path, Guid fabric, byte[] node, TimeProvider time)
{
    /// <summary>Sheets that are read at most; those of one user at most.</summary>
    internal const int MaxSheets = 16_384;
    internal const int MaxSheetsOfUser = 4_096;

    private const uint OpenToAll = 0x3ff; // rwxrwxrwt
    private const string MountOptions = "mode=1777,size=64m,nr_inodes=32k";
    private const nuint MountFlags = 2 | 4 | 8; // nosuid, nodev, noexec

    /// <summary>What is not a sheet for so long never becomes one.</summary>
    private static readonly TimeSpan TimeToBecomeOne = TimeSpan.FromMinutes(1);

    private byte[]? _buffer;

    /// <summary>Whether what is in it survives a start of the host.</summary>
    internal bool OutlivesBoot => !Libc.IsOnTmpfs(path);

    /// <summary>
    /// Makes the folder, in memory of its own size where <paramref name="mount"/> says so and the node may: programs that fill
    /// it then fill nothing else. False where there can be none.
    /// </summary>
    internal static bool Prepare(string path, bool mount)
    {
        try
        {
            Directory.CreateDirectory(path);
            // Not over what processes count in already, which would be out of sight.
            if (mount && !Libc.IsMountPoint(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                _ = Libc.mount("usage", path, "tmpfs", MountFlags, MountOptions);
            return Libc.chmod(path, OpenToAll) == 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>All sheets of the table, and how many files could not be read as one.</summary>
    internal (IReadOnlyList<SheetReading> Sheets, int Unread) Read()
    {
        var sheets = new List<SheetReading>();
        var users = new Dictionary<uint, int>();
        var (unread, seen) = (0, 0);
        foreach (var file in Names())
        {
            if (++seen > MaxSheets)
                unread++;
            else if (ReadOne(file, users, ref unread) is { } sheet)
                sheets.Add(sheet);
        }

        return (sheets, unread);
    }

    internal void Discard(string id)
    {
        if (id.Length > 0 && !id.Contains('/', StringComparison.Ordinal))
            _ = Libc.unlink(Path.Combine(path, id));
    }

    private string[] Names()
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(static entry => Path.GetFileName(entry))];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private SheetReading? ReadOne(string name, Dictionary<uint, int> users, ref int unread)
    {
        var fd = Libc.open(Path.Combine(path, name), Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNoFollow | Libc.OpenNonBlocking, 0);
        if (fd < 0)
        {
            unread++;
            return null;
        }

        using var file = new SafeFileHandle(fd, ownsHandle: true);
        Libc.FileStatus status;
        if (Libc.fstat(fd, &status) != 0 || (status.Mode & Libc.ModeType) != Libc.ModeRegular || status.Links != 1
            || (users[status.User] = users.GetValueOrDefault(status.User) + 1) > MaxSheetsOfUser)
        {
            unread++;
            return null;
        }

        return ReadFile(file, name, status, ref unread);
    }

    private SheetReading? ReadFile(SafeFileHandle file, string name, Libc.FileStatus status, ref int unread)
    {
        var bytes = status.Bytes is >= UsageHeader.HeaderBytes and <= UsageHeader.MaxSheetBytes ? ReadBytes(file, UsageHeader.HeaderBytes) : [];
        if (!UsageSheet.IsSheet(bytes))
        {
            // A process is making it, or was when it ended. It is not locked before it is known to be none: its maker locks it.
            var old = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(status.Modified.Seconds) > TimeToBecomeOne;
            if (old && Lock(file))
                Discard(name);
            else
                unread++;
            return null;
        }

        if (!UsageSheet.IsOf(bytes, fabric, node))
            return null;
        // The lock first: what is read after it was free is the last that there will be.
        var ended = Lock(file);
        bytes = ReadBytes(file, (int)status.Bytes);
        if (bytes.Length < UsageHeader.HeaderBytes)
            return null;
        var (rows, beyond) = UsageSheet.Read(bytes);
        return new SheetReading(name, ended, status.User, rows, beyond);
    }

    private static bool Lock(SafeFileHandle file) =>
        Libc.flock((int)file.DangerousGetHandle(), Libc.LockExclusive | Libc.LockNonBlocking) == 0;

    /// <summary>From its start; shorter where the file is.</summary>
    private Span<byte> ReadBytes(SafeFileHandle file, int length)
    {
        var got = 0;
        _buffer ??= GC.AllocateUninitializedArray<byte>(UsageHeader.MaxSheetBytes);
        try
        {
            while (got < length && RandomAccess.Read(file, _buffer.AsSpan(got, length - got), got) is > 0 and var more)
                got += more;
        }
        catch (IOException)
        {
            return [];
        }

        return _buffer.AsSpan(0, got);
    }
}
