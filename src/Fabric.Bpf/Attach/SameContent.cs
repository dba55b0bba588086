using System.Buffers.Binary;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// Whether two open files are one in truth. Containers that share an image each see its files as files of their own,
/// with a device of their own; a probe is on what lies below, and so in all of them at once.
/// </summary>
internal static unsafe class SameContent
{
    private const int PageBytes = 4096;
    private const ulong Present = 1UL << 63;
    private const ulong FrameMask = (1UL << 55) - 1;

    /// <summary>
    /// Whether a probe on the one, which is there, is on the other too. Where this process may not look at frames, which
    /// takes CAP_SYS_ADMIN, handles decide; where neither can be had, the answer is no, which costs a second probe and
    /// nothing else.
    /// </summary>
    internal static bool IsProbed(RegularFile other, RegularFile probed, ElfTarget target) =>
        OverrideProgram.IsPlaced(other, target) && (HaveOneFrame(other, probed) ?? HaveOneHandle(other, probed));

    /// <summary>
    /// Compares where in the memory of the machine their first page is: only one file has it. Null where this process may
    /// not know.
    /// </summary>
    internal static bool? HaveOneFrame(RegularFile one, RegularFile other)
    {
        var first = Map(one);
        var second = Map(other);
        try
        {
            if (first == null || second == null || FrameOf(first) is not (var frame and not 0))
                return null;
            // Asked again at last, since the kernel may have given the frame to another page meanwhile.
            return frame == FrameOf(second) && frame == FrameOf(first);
        }
        finally
        {
            Unmap(first);
            Unmap(second);
        }
    }

    /// <summary>
    /// Compares the numbers of the files below. An overlay's copy still has the number of what it is a copy of: so this
    /// alone proves nothing.
    /// </summary>
    internal static bool HaveOneHandle(RegularFile one, RegularFile other) =>
        FileHandle.Of(one) is { Length: > 0 } handle && handle.AsSpan().SequenceEqual(FileHandle.Of(other));

    private static byte* Map(RegularFile file)
    {
        var page = Libc.mmap(null, PageBytes, Libc.ProtRead, Libc.MapShared, (int)file.Handle.DangerousGetHandle(), 0);
        GC.KeepAlive(file);
        return (nint)page == -1 ? null : (byte*)page;
    }

    private static void Unmap(byte* page)
    {
        if (page != null)
            _ = Libc.munmap(page, PageBytes);
    }

    /// <summary>0 where it is not known.</summary>
    private static ulong FrameOf(byte* page)
    {
        // The kernel fetches the page: were the file empty by now, reading it here would end the process.
        if (PrivatePage.ReadByte(page) is null)
            return 0;
        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        using var frames = File.OpenHandle("/proc/self/pagemap");
        if (RandomAccess.Read(frames, entry, (long)page / PageBytes * sizeof(ulong)) != sizeof(ulong))
            return 0;
        var value = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        return (value & Present) != 0 ? value & FrameMask : 0;
    }
}
