using System.Buffers;
using System.Globalization;
using Fabric.Raft.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Raft.Log;

/// <summary>
/// One file of the log: frames one after the other, and zeros behind them. The zeros are written ahead, so that the disk has a
/// frame after one flush of its bytes alone, and so that a frame that a crash tore is told from one that has rotted.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int AheadBytes = 1024 * 1024;
    private const string Extension = ".entries";
    private static readonly byte[] Zeros = new byte[AheadBytes];

    private readonly SafeFileHandle handle;
    private long zeroedTo;

    private LogFile(string path, SafeFileHandle handle, long end, long zeroedTo)
    {
        (Path, this.handle, End, this.zeroedTo) = (path, handle, end, zeroedTo);
    }

    public string Path { get; }

    /// <summary>Where the next frame goes.</summary>
    public long End { get; private set; }

    /// <summary>A new file, which is on the disk under its name. Frames in it begin at this index or later.</summary>
    public static LogFile Create(string directory, long number)
    {
        var path = System.IO.Path.Combine(directory, number.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        var file = new LogFile(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite), 0, 0);
        file.WriteAhead(0);
        LibC.Sync(file.handle, path);
        LibC.SyncDirectory(directory);
        return file;
    }

    /// <summary>The file that is written next, behind what <see cref="Read"/> found whole in it; a torn rest is zeroed again.</summary>
    public static LogFile Reopen(string path, long end)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(handle, end);
        var file = new LogFile(path, handle, end, end);
        file.WriteAhead(end);
        LibC.Sync(handle, path);
        return file;
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
            if (End + size > zeroedTo)
                WriteAhead(End + size);
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
        for (var at = 0; ;)
        {
            switch (LogFrame.Read(bytes[at..], out var frame, out var size))
            {
                case FrameRead.Good:
                    take(frame);
                    at += size;
                    break;
                case FrameRead.Bad when !last || !Torn(bytes.Span, at):
                    throw new InvalidDataException($"{path} is damaged at byte {at}.");
                default:
                    return at;
            }
        }
    }

    /// <summary>The files of a folder in the order in which they were written.</summary>
    public static IEnumerable<(string Path, long Number)> In(string directory) =>
        from path in Directory.GetFiles(directory, "*" + Extension).Order(StringComparer.Ordinal)
        let number = System.IO.Path.GetFileNameWithoutExtension(path)
        where long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (path, long.Parse(number, CultureInfo.InvariantCulture));

    public void Dispose() => handle.Dispose();

    /// <summary>
    /// Whether a crash explains what stands there: a sector of the frame was never written, and was zero before. A disk or a
    /// kernel that changes bytes of a whole frame leaves none.
    /// </summary>
    private static bool Torn(ReadOnlySpan<byte> bytes, int at)
    {
        var end = bytes.LastIndexOfAnyExcept((byte)0) + 1;
        var claimed = BitConverter.ToInt64(bytes.Slice(at, sizeof(long)));
        var until = claimed > 0 && claimed <= bytes.Length - at ? at + (int)claimed : Math.Max(end, at);
        for (var from = at; from < until;)
        {
            var next = Math.Min(until, (from / LogFrame.SectorBytes + 1) * LogFrame.SectorBytes);
            if (!bytes[from..next].ContainsAnyExcept((byte)0))
                return true;
            from = next;
        }

        return false;
    }

    private void WriteAhead(long needed)
    {
        while (zeroedTo <= needed)
        {
            RandomAccess.Write(handle, Zeros, zeroedTo);
            zeroedTo += AheadBytes;
        }
    }
}
