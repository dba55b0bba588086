using System.Globalization;
using System.Text;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>Which processes run which files.</summary>
internal sealed unsafe class CodeMappings
{
    private readonly byte[] _text = new byte[64 * 1024];

    /// <summary>Finds, for each file that a process has mapped as code, one that does.</summary>
    /// <param name="files">Devices and inodes, as <c>stat</c> has them.</param>
    internal Dictionary<(ulong Device, ulong Inode), CodeMapping> Find(IReadOnlyCollection<(ulong Device, ulong Inode)> files)
    {
        var found = new Dictionary<(ulong, ulong), CodeMapping>();
        var sought = files.Select(static file => file.Inode).ToHashSet();
        foreach (var process in Processes.All())
        {
            if (found.Count == files.Count)
                break;
            foreach (var mapping in Of(process, sought))
            {
                if (files.Contains(mapping.File))
                    found.TryAdd(mapping.File, mapping);
            }
        }

        return found;
    }

    /// <summary>Whether a process still maps what it was found to map.</summary>
    internal bool Holds(CodeMapping known) => Of(known.Process, new HashSet<ulong> { known.File.Inode }).Any(mapping => mapping.File == known.File);

    /// <summary>The mappings of a process that may be among those sought, by the number that its file has.</summary>
    private List<CodeMapping> Of(int process, HashSet<ulong> inodes) =>
        [.. Ranges(process, inodes).Select(one => Look(process, $"/proc/{process}/map_files/{one.Range}", one.File))];

    /// <summary>
    /// The list of mappings has the number of a file, but on some file systems not the device that <c>stat</c> gives: so the
    /// mapping itself is asked. Without the right to follow it (CAP_CHECKPOINT_RESTORE) there is the executable, and at
    /// last what the list says.
    /// </summary>
    private static CodeMapping Look(int process, string mapping, (ulong Device, ulong Inode) listed)
    {
        foreach (var place in new[] { mapping, $"/proc/{process}/exe" })
        {
            Libc.FileStatus status;
            if (Libc.fstatat(Libc.CurrentFolder, place, &status, 0) == 0 && status.Inode == listed.Inode)
                return new CodeMapping(process, place, (status.Device, status.Inode));
        }

        return new CodeMapping(process, mapping, listed);
    }

    /// <summary>Where in a process code lies whose file has one of these numbers.</summary>
    private List<(string Range, (ulong Device, ulong Inode) File)> Ranges(int process, HashSet<ulong> inodes)
    {
        var ranges = new List<(string, (ulong, ulong))>();
        try
        {
            using var maps = new FileStream($"/proc/{process}/maps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var kept = 0;
            while (maps.Read(_text, kept, _text.Length - kept) is var read and > 0)
            {
                var all = _text.AsSpan(0, kept + read);
                while (all.IndexOf((byte)'\n') is var end and >= 0)
                {
                    if (RangeOf(all[..end], inodes) is { } range)
                        ranges.Add(range);
                    all = all[(end + 1)..];
                }

                kept = all.Length;
                all.CopyTo(_text);
            }
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is not ours to look at: then it is not ours to answer either.
        }

        return ranges;
    }

    /// <summary>Of a line such as <c>00400000-00452000 r-xp 00000000 08:02 173521 /usr/bin/shop</c>.</summary>
    private static (string Range, (ulong Device, ulong Inode) File)? RangeOf(ReadOnlySpan<byte> line, HashSet<ulong> inodes)
    {
        var rest = line;
        var range = Next(ref rest);
        if (Next(ref rest) is not [_, _, (byte)'x', ..])
            return null;
        _ = Next(ref rest);
        var device = Next(ref rest);
        return ulong.TryParse(Next(ref rest), NumberStyles.None, CultureInfo.InvariantCulture, out var inode) && inodes.Contains(inode)
            ? (Unpadded(Encoding.ASCII.GetString(range)), (DeviceOf(Encoding.ASCII.GetString(device)), inode))
            : null;
    }

    /// <summary>Of <c>08:02</c>, as <c>stat</c> has it.</summary>
    private static ulong DeviceOf(string text)
    {
        var parts = text.Split(':');
        var (major, minor) = (ulong.Parse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ulong.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffUL) << 12;
    }

    /// <summary>What stands before the next space; the rest begins behind it.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)' ');
        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return part;
    }

    /// <summary>The folder of mappings writes its addresses without leading zeros.</summary>
    private static string Unpadded(string range) =>
        string.Join('-', range.Split('-').Select(static address => address.TrimStart('0') is { Length: > 0 } digits ? digits : "0"));
}

/// <summary>A file that a process has mapped as code.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Path">Leads to the very file, also where it has no name any more, while the process maps it.</param>
/// <param name="File">Device and inode, as <c>stat</c> has them.</param>
internal sealed record CodeMapping(int Process, string Path, (ulong Device, ulong Inode) File);
