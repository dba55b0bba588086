using System.Buffers;
using System.Globalization;
using Fabric.Raft.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Raft.Log;

/// <summary>
/// One file of the log: frames one after the other, and zeros behind them. The zeros are on the disk before a frame takes their
/// place, so that one flush of its bytes is enough, and so that a frame that a crash tore is told from one that has rotted.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const string Extension = ".entries";
    private static readonly byte[] Zeros = new byte[256 * 1024];

    private readonly SafeFileHandle handle;
    private long zeroedTo;

    private LogFile(string path, SafeFileHandle handle, long end, long zeroedTo)
    {
        (Path, this.handle, End, this.zeroedTo) = (path, handle, end, zeroedTo);
    }

    public string Path { get; }

    /// <summary>Where the next frame goes.</summary>
    public long End { get; private set; }

    /// <summary>Bytes that frames can still take.</summary>
    public long Room => zeroedTo - End;

    /// <summary>A new file with room for so many bytes, which is on the disk under its name.</summary>
    public static LogFile Create(string directory, long number, long bytes)
    {
        var path = System.IO.Path.Combine(directory, number.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        var file = new LogFile(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite), 0, 0);
        file.MakeRoom(bytes);
        LibC.SyncDirectory(directory);
        return file;
    }

    /// <summary>The file that is written next, behind what <see cref="Read"/> found whole in it; a torn rest is zeroed again.</summary>
    public static LogFile Reopen(string path, long end, long bytes)
    {
        var whole = File.ReadAllBytes(path).AsSpan(0, (int)end);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(handle, end);
        // After a flush that failed, what was read may be in the kernel's memory alone, which takes it for written.
        RandomAccess.Write(handle, whole, 0);
        var file = new LogFile(path, handle, end, end);
        file.MakeRoom(bytes - end);
        return file;
    }

    /// <summary>Writes zeros until frames can take so many bytes. Returns when they are on the disk.</summary>
    public void MakeRoom(long bytes)
    {
        while (Room < bytes)
        {
            RandomAccess.Write(handle, Zeros, zeroedTo);
            zeroedTo += Zeros.Length;
        }

        LibC.Sync(handle, Path);
    }

    /// <summary>Writes a frame behind the others.</summary>
    /// <param name="frame">What to write.</param>
    /// <param name="flush">Return when it is on the disk.</param>
    /// <exception cref="IOException">It may or may not be there: the log must not go on.</exception>
    public void Append(LogFrame frame, bool flush)
    {
        var size = frame.Size;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            frame.Write(buffer.AsSpan(0, size));
            if (size > Room)
                MakeRoom(size);
            RandomAccess.Write(handle, buffer.AsSpan(0, size), End);
            if (flush)
                LibC.SyncData(handle, Path);
            End += size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether nothing that was acknowledged is in a file: it was made for later.</summary>
    public static bool IsBlank(string path)
    {
        using var handle = File.OpenHandle(path);
        Span<byte> head = stackalloc byte[LogFrame.Alignment];
        return !head[..RandomAccess.Read(handle, head, 0)].ContainsAnyExcept((byte)0);
    }

    /// <summary>Returns when all frames are on the disk.</summary>
    /// <exception cref="IOException">They may not be: the log must not go on.</exception>
    public void Flush() => LibC.SyncData(handle, Path);

    /// <summary>Gives the frames of a file in order; returns where they end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">Nothing was written after it, so its last frame may be torn.</param>
    /// <param name="take">Given each frame.</param>
    /// <exception cref="InvalidDataException">What is in it has rotted.</exception>
    public static long Read(string path, bool last, Action<LogFrame> take)
    {
        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(path);
        var at = 0;
        for (; LogFrame.Read(bytes[at..], out var size) is { } frame; at += size)
            take(frame);
        return EndsAt(bytes.Span, at, last) ? at : throw new InvalidDataException($"{path} is damaged at byte {at}.");
    }

    /// <summary>The files of a folder in the order in which they were written.</summary>
    public static IEnumerable<(string Path, long Number)> In(string directory) =>
        from path in Directory.GetFiles(directory, "*" + Extension).Order(StringComparer.Ordinal)
        let number = System.IO.Path.GetFileNameWithoutExtension(path)
        where long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (path, long.Parse(number, CultureInfo.InvariantCulture));

    public void Dispose() => handle.Dispose();

    /// <summary>
    /// Whether the file ends where no whole frame stands: nothing was written there, or a crash tore what was. Then a sector of
    /// it was never written, and is zero as before; bytes that have changed in a whole frame leave none.
    /// </summary>
    private static bool EndsAt(ReadOnlySpan<byte> bytes, int at, bool last)
    {
        var size = LogFrame.SizeAt(bytes[at..]);
        if (size < 0 || size > bytes.Length - at)
            return false;
        var sector = SectorAt(bytes, at);
        if (size == 0)
            return !sector.ContainsAnyExcept((byte)0) && (last || !bytes[at..].ContainsAnyExcept((byte)0));
        for (var from = at; last && from < at + size; from += sector.Length)
        {
            sector = SectorAt(bytes[..(at + size)], from);
            if (!sector.ContainsAnyExcept((byte)0))
                return true;
        }

        return false;
    }

    /// <summary>What a sector holds from here on.</summary>
    private static ReadOnlySpan<byte> SectorAt(ReadOnlySpan<byte> bytes, int from) =>
        bytes[from..Math.Min(bytes.Length, (from / LogFrame.SectorBytes + 1) * LogFrame.SectorBytes)];
}
