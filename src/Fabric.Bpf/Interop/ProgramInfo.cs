using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>What the kernel says of a loaded program.</summary>
/// <param name="Id">The kernel's number for it.</param>
/// <param name="Tag">Digest of its instructions, whatever maps they name.</param>
/// <param name="Maps">The kernel's numbers of the maps it uses.</param>
internal sealed unsafe record ProgramInfo(uint Id, ulong Tag, uint[] Maps)
{
    private const nint BpfCall = 321;
    private const int ProgramById = 13;
    private const int MaxMaps = 64;

    /// <summary>Null where the kernel does not say.</summary>
    internal static ProgramInfo? Of(int fd)
    {
        var maps = stackalloc uint[MaxMaps];
        var raw = new Raw { MapCount = MaxMaps, Maps = (ulong)maps };
        var length = (uint)sizeof(Raw);
        return Libbpf.bpf_obj_get_info_by_fd(fd, &raw, &length) < 0
            ? null
            : new ProgramInfo(raw.Id, raw.Tag, new ReadOnlySpan<uint>(maps, (int)Math.Min(raw.MapCount, MaxMaps)).ToArray());
    }

    /// <summary>Of a program that somebody else loaded; null where it is no more, or this process may not know (it takes CAP_SYS_ADMIN).</summary>
    internal static ProgramInfo? OfId(uint id)
    {
        var request = new Request { Id = id };
        var fd = (int)Libc.syscall(BpfCall, ProgramById, (nint)(&request), sizeof(Request));
        if (fd < 0)
            return null;
        var info = Of(fd);
        _ = Libc.close(fd);
        return info;
    }

    /// <summary>The head of struct bpf_prog_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Raw
    {
        public uint Type;
        public uint Id;
        public ulong Tag;
        public uint JitedBytes;
        public uint TranslatedBytes;
        public ulong Jited;
        public ulong Translated;
        public ulong LoadTime;
        public uint CreatedBy;
        public uint MapCount;
        public ulong Maps;
        public fixed byte Name[16];
    }

    /// <summary>union bpf_attr, as BPF_PROG_GET_FD_BY_ID has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        public uint Id;
        public uint NextId;
        public uint OpenFlags;
    }
}
