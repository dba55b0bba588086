using Fabric.Bpf.Interop;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Table;

/// <summary>What a table tells of itself, to anybody who may read it.</summary>
/// <param name="Kind">What holds its bytes.</param>
/// <param name="Fabric">The fabric that it belongs to.</param>
/// <param name="Node">The node that writes it.</param>
/// <param name="Revision">The change set that its readers see.</param>
/// <param name="Retired">Another table has taken its place.</param>
/// <param name="SinceContact">How long ago its node was last in touch with the fabric; null when it never was since this host started.</param>
/// <param name="TaiOffset">What its readers take for the difference between TAI and the calendar.</param>
public sealed unsafe record TableInspection(
    TableKind Kind, Guid Fabric, string Node, long Revision, bool Retired, TimeSpan? SinceContact, TimeSpan TaiOffset)
{
    private const uint ReadAndWrite = 6;
    private const uint ReadOnly = 4;
    private const uint PassThrough = 1;

    /// <summary>Looks at the table at a path, a pin or a file.</summary>
    /// <returns>Null when there is none that this process may read.</returns>
    public static TableInspection? Of(string path)
    {
        try
        {
            if (!Libc.IsOnBpfFs(path))
                return OfFile(path);
            using var found = FoundTable.Open(path);
            return found is null ? null : Read(TableKind.Bpf, (TableHeader*)found.Mapping.Bytes);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or TableUnusableException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The file or folder that keeps other users' programs from reading the table at a path; null when none does.</summary>
    public static string? WhatIsClosed(string path)
    {
        // A pin has to be open for writing, too, to be mapped; its array is frozen.
        var needed = Libc.IsOnBpfFs(path) ? ReadAndWrite : ReadOnly;
        for (var part = Path.GetFullPath(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (Ownership.ModeOf(part) is { } mode && (mode & needed) != needed)
                return part;
            needed = PassThrough;
        }

        return null;
    }

    private static TableInspection? OfFile(string path)
    {
        var bytes = new byte[sizeof(TableHeader)];
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (RandomAccess.Read(file, bytes, 0) < bytes.Length)
                return null;
        }

        fixed (byte* header = bytes)
            return Read(TableKind.File, (TableHeader*)header);
    }

    private static TableInspection? Read(TableKind kind, TableHeader* header)
    {
        if (header->Magic != Layout.Magic || header->Layout != Layout.Version)
            return null;
        var node = new ReadOnlySpan<byte>(header->Node, Layout.NodeBytes);
        var end = node.IndexOf((byte)0);
        return new TableInspection(
            kind, new Guid(new ReadOnlySpan<byte>(header->FabricId, 16)), System.Text.Encoding.UTF8.GetString(end < 0 ? node : node[..end]),
            (long)header->Revision[header->Generation & 1], header->Retired != 0, Since(header->LastContact), Time(header->TaiOffset));
    }

    private static TimeSpan? Since(ulong stamp) =>
        stamp == 0 || stamp > HostClocks.BootNanoseconds ? null : Time(HostClocks.BootNanoseconds - stamp);

    private static TimeSpan Time(ulong nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / 100));
}
