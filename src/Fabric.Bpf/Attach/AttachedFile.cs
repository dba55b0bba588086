using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Attach;

/// <summary>One file that an attachment applies to: the path on the host itself, or the same path in a container's own file system.</summary>
/// <param name="Path">The path as the host sees it; of a container's file below <c>/proc/PID/root</c>, at the time it was found.</param>
/// <param name="Container">Control group of a process in the container; null for the host's own file.</param>
/// <param name="Device">Device of the file system, as <c>stat</c> has it; 0 where the file is absent.</param>
/// <param name="Inode">Number of the file on it; 0 where the file is absent.</param>
/// <param name="BuildId">The file's build-id; null where it has none or was not read.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it is not attached; null when it is.</param>
/// <param name="Kind">How the probe enters the kernel; null when it is not attached.</param>
/// <param name="Abi">How the function is called, as found out; what was asked for where nothing was found out.</param>
/// <param name="FileOffset">Where in the file the probe is; null when it is not attached.</param>
public sealed record AttachedFile(
    string Path,
    string? Container,
    long Device,
    long Inode,
    string? BuildId,
    AttachmentState State,
    string? Reason,
    ProbeKind? Kind,
    AttachmentAbi Abi,
    long? FileOffset);
