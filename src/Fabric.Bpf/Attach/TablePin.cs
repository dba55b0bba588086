using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>Keeps a node's table where programs look for it, should somebody remove the pin or unmount what it is on.</summary>
internal sealed class TablePin : IDisposable
{
    private readonly string _path;
    private int _fd;

    /// <param name="table">The table; a descriptor of its own is taken, so that it may be closed meanwhile.</param>
    internal TablePin(BpfTableMemory table)
    {
        _path = table.Path;
        _fd = Libc.dup(table.ForReaders.Fd);
    }

    /// <summary>Puts it back where nothing is in its place; a table that has taken its place meanwhile stays.</summary>
    internal void Restore()
    {
        if (_fd < 0 || File.Exists(_path))
            return;
        try
        {
            TablePlace.Restore(_fd, _path);
        }
        catch (Exception refused) when (refused is TableUnusableException or IOException or UnauthorizedAccessException)
        {
            // The programs that have it mapped go on with it, and it is tried again.
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = Libc.close(_fd);
        _fd = -1;
    }
}
