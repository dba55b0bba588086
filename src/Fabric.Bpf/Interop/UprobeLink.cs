using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>
/// A program attached to one place of one file, in every process that has the file mapped. It is detached when nothing
/// holds it any more: neither this descriptor nor a pin.
/// </summary>
internal sealed unsafe class UprobeLink : SafeHandle
{
    private const nint BpfCall = 321;
    private const int LinkCreate = 28;
    private const uint UprobeMulti = 48;

    private UprobeLink(int fd) : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    /// <summary>What the kernel knows of it; null where it is no link of this kind, or the kernel does not say.</summary>
    internal LinkInfo? Info => LinkInfo.Of((int)handle);

    /// <summary>
    /// Attaches by the system call itself: Debian's libbpf does not know this link yet. The path is resolved once, so
    /// one below /proc/self/fd names exactly the file that is open there.
    /// </summary>
    /// <param name="program">Descriptor of a loaded uprobe program.</param>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="cookie">What the program is told of the place.</param>
    /// <exception cref="BpfRefusedException">The kernel does not attach it.</exception>
    internal static UprobeLink Attach(int program, string path, long offset, ulong cookie)
    {
        var place = (ulong)offset;
        var name = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            var request = new Request
            {
                Program = (uint)program,
                AttachType = UprobeMulti,
                Path = (ulong)name,
                Offsets = (ulong)&place,
                Cookies = (ulong)&cookie,
                Count = 1,
            };
            var fd = (int)Libc.syscall(BpfCall, LinkCreate, (nint)(&request), sizeof(Request));
            return fd >= 0
                ? new UprobeLink(fd)
                : throw new BpfRefusedException($"the kernel does not attach the program: {Libc.LastError()}", Marshal.GetLastPInvokeError());
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    /// <summary>The link that is pinned at a path; null when none is, or it cannot be had.</summary>
    internal static UprobeLink? Open(string pin)
    {
        var fd = Libbpf.bpf_obj_get(pin);
        return fd < 0 ? null : new UprobeLink(fd);
    }

    /// <summary>Lets it outlive this process. False when the kernel refuses, with errno set.</summary>
    internal bool Pin(string path) => Libbpf.bpf_obj_pin((int)handle, path) >= 0;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    /// <summary>union bpf_attr, as BPF_LINK_CREATE has it for uprobe.multi.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Request
    {
        public uint Program;
        public uint Target;
        public uint AttachType;
        public uint Flags;
        public ulong Path;
        public ulong Offsets;
        public ulong ReferenceCounts;
        public ulong Cookies;
        public uint Count;
        public uint ProbeFlags;
        public uint Process;
    }
}
