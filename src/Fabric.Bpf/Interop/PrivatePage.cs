using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Interop;

/// <summary>
/// One page of a file as a process that runs it would have it. While a process has a file mapped, a probe is placed
/// when it is attached and not later: so the kernel says at once when it cannot, and whether it did can be seen.
/// </summary>
internal sealed unsafe class PrivatePage : IDisposable
{
    private const int PageBytes = 4096;

    private void* _page;

    private PrivatePage(void* page) => _page = page;

    /// <summary>The page's first byte.</summary>
    internal byte* Bytes => (byte*)_page;

    /// <summary>Null when the file cannot be mapped like this.</summary>
    internal static PrivatePage? Map(SafeFileHandle file, long offset, bool executable)
    {
        var protection = executable ? Libc.ProtRead | Libc.ProtExecute : Libc.ProtRead;
        var page = Libc.mmap(null, PageBytes, protection, Libc.MapPrivate, (int)file.DangerousGetHandle(), (nint)(offset & -PageBytes));
        GC.KeepAlive(file);
        return (nint)page == -1 ? null : new PrivatePage(page);
    }

    /// <summary>The byte at that place of the file; null where there is none any more.</summary>
    internal byte? Read(long offset) => ReadByte(Bytes + (offset & (PageBytes - 1)));

    /// <summary>
    /// A byte of this process's memory that shows a file. The kernel reads it: were the file shortened meanwhile,
    /// reading it here would end the process.
    /// </summary>
    internal static byte? ReadByte(byte* at)
    {
        byte value;
        var to = new Libc.Vector { Base = &value, Length = 1 };
        var from = new Libc.Vector { Base = at, Length = 1 };
        return Libc.process_vm_readv(Environment.ProcessId, &to, 1, &from, 1, 0) == 1 ? value : null;
    }

    public void Dispose()
    {
        if (_page != null)
            _ = Libc.munmap(_page, PageBytes);
        _page = null;
    }
}
