namespace Fabric.Bpf.Interop;

/// <summary>
/// Waits for a time, a call from another thread, or a change of a file or folder that is watched. A watch only shortens
/// the wait: where the system gives none, who waits looks again in its own time.
/// </summary>
internal sealed unsafe class Wakeups : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short Readable = 1;
    private const int EventBytes = 64 * 1024;
    private const int CrowdMilliseconds = 50;

    /// <summary>Names that come and go in a folder, and files in it that were written.</summary>
    private const uint InFolder = 0x8 | 0x40 | 0x80 | 0x100 | 0x200; // CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE

    /// <summary>A file that is being written, whose name or rights change, or that goes.</summary>
    private const uint OfFile = 0x2 | 0x4 | 0x400 | 0x800; // MODIFY, ATTRIB, DELETE_SELF, MOVE_SELF

    private const uint AddToMask = 0x20000000;

    private readonly int _call = Libc.eventfd(0, CloseOnExec | NonBlocking);
    private readonly int _notify = Libc.inotify_init1(CloseOnExec | NonBlocking);
    private readonly byte[] _events = new byte[EventBytes];
    private readonly Dictionary<int, int> _watches = [];

    /// <summary>Wakes whoever waits, or will wait next.</summary>
    internal void Call()
    {
        var one = 1UL;
        _ = Libc.write(_call, &one, sizeof(ulong));
    }

    /// <summary>Watches a folder; what it gives is to be forgotten once.</summary>
    internal int WatchFolder(string path) => Count(Libc.inotify_add_watch(_notify, path, InFolder | AddToMask));

    /// <summary>Watches an open file; what it gives is to be forgotten once.</summary>
    internal int WatchFile(RegularFile file) => Count(Libc.inotify_add_watch(_notify, file.Path, OfFile | AddToMask));

    /// <summary>Ends a watch. A negative number, of one that could not be had, is nothing to end.</summary>
    internal void Forget(int watch)
    {
        if (!_watches.TryGetValue(watch, out var count))
            return;
        if (count > 1)
        {
            _watches[watch] = count - 1;
            return;
        }

        _watches.Remove(watch);
        _ = Libc.inotify_rm_watch(_notify, watch);
    }

    /// <summary>Returns after a while, a call, or a change; after a change a little later, since changes come in crowds.</summary>
    internal void Wait(TimeSpan atMost)
    {
        var polled = stackalloc Libc.Polled[] { new() { Fd = _call, Wanted = Readable }, new() { Fd = _notify, Wanted = Readable } };
        _ = Libc.poll(polled, 2, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, int.MaxValue));
        if (polled[1].Happened != 0)
            _ = Libc.poll(polled, 1, CrowdMilliseconds);
        ulong calls;
        _ = Libc.read(_call, &calls, sizeof(ulong));
        fixed (byte* events = _events)
        {
            while (Libc.read(_notify, events, EventBytes) > 0)
            {
                // Which of them changed does not matter: everything is looked at.
            }
        }
    }

    public void Dispose()
    {
        _ = Libc.close(_call);
        _ = Libc.close(_notify);
    }

    /// <summary>The kernel gives one number for one folder or file, however often it is watched.</summary>
    private int Count(int watch)
    {
        if (watch >= 0)
            _watches[watch] = _watches.GetValueOrDefault(watch) + 1;
        return watch;
    }
}
