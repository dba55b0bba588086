using System.Buffers;
using System.Globalization;
using Fabric.Raft.Interop;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Raft.Observers;

/// <summary>
/// What an observer has heard since its snapshot, one file from each snapshot on, so that it starts from its own disk. What
/// a crash has torn off at the end is heard again.
/// </summary>
internal sealed class ObserverJournal(string directory) : IDisposable
{
    private const string Extension = ".journal";

    private SafeFileHandle? file;
    private string path = "";
    private long length;

    /// <summary>Bytes of the file that is written now.</summary>
    public long Length => length;

    /// <summary>
    /// Everything after the snapshot, in order, given to <paramref name="take"/> until that says no or a frame is not
    /// whole; there the file ends from now on.
    /// </summary>
    public void Open(long snapshot, Func<FeedEntry, bool> take)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, _) in Files())
        {
            Close();
            (path, length) = (name, 0);
            var bytes = File.ReadAllBytes(name);
            while (FeedFrame.Read(bytes.AsMemory((int)length), out var taken) is { } entry && take(entry))
                length += taken;
            file = File.OpenHandle(name, FileMode.Open, FileAccess.Write);
            if (length == bytes.Length)
                continue;
            RandomAccess.SetLength(file, length);
            LibC.Sync(file, name);
            DeleteAfter(name);
            break;
        }

        if (file is null)
            BeginAt(snapshot);
    }

    /// <summary>Writes entries behind those that are there. Returns when they are on the disk.</summary>
    /// <exception cref="IOException">They may not be. What may be there of them is overwritten by the next, or found torn at the next start.</exception>
    public void Append(IReadOnlyList<FeedEntry> entries)
    {
        var size = entries.Sum(FeedFrame.SizeOf);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var at = 0;
            foreach (var entry in entries)
                at += FeedFrame.Write(entry, buffer.AsSpan(at));
            RandomAccess.Write(file!, buffer.AsSpan(0, at), length);
            LibC.Sync(file!, path);
            length += at;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Begins a new file, for what follows a snapshot.</summary>
    public void BeginAt(long index)
    {
        Close();
        path = Path.Combine(directory, index.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        LibC.SyncDirectory(directory);
        length = 0;
    }

    /// <summary>Deletes what a snapshot at this index has made superfluous.</summary>
    public void DeleteBefore(long index)
    {
        foreach (var (name, from) in Files().Where(one => one.From < index && one.Path != path))
            File.Delete(name);
    }

    /// <summary>Deletes all but the file that is written now.</summary>
    public void DeleteOthers()
    {
        foreach (var (name, _) in Files().Where(one => one.Path != path))
            File.Delete(name);
    }

    public void Dispose() => Close();

    private void DeleteAfter(string name)
    {
        foreach (var (later, _) in Files().Where(one => string.CompareOrdinal(one.Path, name) > 0))
            File.Delete(later);
    }

    private void Close()
    {
        file?.Dispose();
        file = null;
    }

    private IEnumerable<(string Path, long From)> Files() =>
        from name in Directory.GetFiles(directory, "*" + Extension).Order(StringComparer.Ordinal)
        let number = Path.GetFileNameWithoutExtension(name)
        where long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (Path: name, From: long.Parse(number, CultureInfo.InvariantCulture));
}
