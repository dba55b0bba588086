namespace Fabric.Bpf.Interop;

/// <summary>Which file something is, and which state of it.</summary>
/// <param name="Device">Its file system.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Modified">When it was written last, in nanoseconds since 1970.</param>
/// <param name="Changed">When anything of it was changed last. Nobody can set it, and a file that an overlay copied up has another.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Bytes, long Modified, long Changed)
{
    private const long Nanoseconds = 1_000_000_000;

    /// <summary>Clocks of file systems stand still this long: a second write within it may leave no trace.</summary>
    private const ulong Grain = 50_000_000;

    /// <summary>Whether a change made right now could leave it looking the same.</summary>
    internal bool IsFresh => (ulong)(HostClocks.UnixNanoseconds - Changed) < Grain;

    internal bool IsSameFile(FileIdentity other) => (Device, Inode) == (other.Device, other.Inode);

    internal static FileIdentity Of(in Libc.FileStatus status) => new(
        status.Device, status.Inode, status.Bytes,
        status.Modified.Seconds * Nanoseconds + status.Modified.Nanoseconds,
        status.Changed.Seconds * Nanoseconds + status.Changed.Nanoseconds);
}
