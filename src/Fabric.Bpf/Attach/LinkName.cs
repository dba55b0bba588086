using System.Globalization;

namespace Fabric.Bpf.Attach;

/// <summary>What the name of a pinned link says: a BPF file system keeps nothing else beside it, and takes no name with a dot.</summary>
/// <param name="Attachment">Id of the attachment.</param>
/// <param name="Device">Device of the file.</param>
/// <param name="Inode">Number of the file.</param>
/// <param name="Program">Mark of the program that answers.</param>
/// <param name="Link">The kernel's number for the link, so that one can take another's place before that one goes.</param>
internal readonly record struct LinkName(string Attachment, ulong Device, ulong Inode, string Program, uint Link)
{
    private const int IdLength = 16;

    internal static LinkName? Parse(string name)
    {
        var parts = name.Split('-');
        return parts.Length == 5 && parts[0].Length == IdLength
            && ulong.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var device)
            && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            && uint.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var link)
            ? new LinkName(parts[0], device, inode, parts[3], link)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attachment}-{Device:x}-{Inode}-{Program}-{Link}");
}
