namespace Fabric.Raft.Log;

/// <summary>
/// The log's next file, made on a thread of its own while the one before it is written: to zero so much at once would hold
/// up the entries that come meanwhile. One caller at a time.
/// </summary>
internal sealed class FileAhead : IDisposable
{
    private readonly Thread maker;
    private LogFile? made;
    private Exception? failed;

    public FileAhead(Func<LogFile> make)
    {
        maker = new Thread(() =>
        {
            try
            {
                made = make();
            }
            catch (Exception cause)
            {
                failed = cause;
            }
        })
        { IsBackground = true, Name = "fabric-log-ahead" };
        maker.Start();
    }

    /// <summary>Waits for the disk, as writing does, and hands the file over.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public LogFile Take()
    {
        maker.Join();
        var taken = made ?? throw new IOException("The log's next file could not be made.", failed);
        made = null;
        return taken;
    }

    public void Dispose()
    {
        maker.Join();
        made?.Dispose();
    }
}
