using System.Runtime.InteropServices;
using System.Text;

namespace Fabric.Bpf.Interop;

/// <summary>What the kernel says of a link that attaches one place of one file.</summary>
/// <param name="Id">The kernel's number for it, never given again before a reboot or four thousand million others.</param>
/// <param name="Program">The kernel's number for its program.</param>
/// <param name="Path">The file's path when it was attached; "(deleted)" follows where it has none any more.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="Cookie">What the program is told of the place.</param>
internal sealed unsafe record LinkInfo(uint Id, uint Program, string Path, long Offset, ulong Cookie)
{
    private const uint UprobeMulti = 12;
    private const int PathBytes = 4096;

    internal static LinkInfo? Of(int fd)
    {
        ulong offset = 0, cookie = 0;
        var path = stackalloc byte[PathBytes];
        var raw = new Raw
        {
            Path = (ulong)path,
            PathBytes = PathBytes,
            Offsets = (ulong)&offset,
            Cookies = (ulong)&cookie,
            Count = 1,
        };
        var length = (uint)sizeof(Raw);
        if (Libbpf.bpf_obj_get_info_by_fd(fd, &raw, &length) < 0 || raw.Type != UprobeMulti || raw.Count != 1)
            return null;
        var name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
        return new LinkInfo(raw.Id, raw.Program, name, (long)offset, cookie);
    }

    /// <summary>struct bpf_link_info, as it is of uprobe.multi.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Raw
    {
        public uint Type;
        public uint Id;
        public uint Program;
        private readonly uint _padding;
        public ulong Path;
        public ulong Offsets;
        public ulong ReferenceCounts;
        public ulong Cookies;
        public uint PathBytes;
        public uint Count;
        public uint Flags;
        public uint Process;
    }
}
