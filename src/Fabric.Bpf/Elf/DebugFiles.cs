using System.IO.Hashing;
using System.Text;

namespace Fabric.Bpf.Elf;

/// <summary>
/// Finds the file with the names that were taken out of another when it was packaged. It is believed only where it
/// carries the other's build-id, since its addresses are used as the other's.
/// </summary>
/// <param name="target">Absolute path of the file that they were taken out of.</param>
/// <param name="open">Opens a file that may be trusted; null where there is none. What it opens it closes itself.</param>
/// <param name="root">The folder that debug files are below.</param>
internal sealed class DebugFiles(string target, Func<string, IImage?> open, string root = "/usr/lib/debug")
{
    private const int MaxLinkBytes = 1024;
    private const int PieceBytes = 1 << 20;

    /// <summary>The file of names that belongs to a target; null where there is none.</summary>
    internal ElfFile? Of(ElfFile elf)
    {
        var id = ElfIdentity.GnuBuildId(elf);
        if (id is { Length: > 2 } && Believed(Path.Combine(root, ".build-id", id[..2], $"{id[2..]}.debug"), id, checksum: null) is { } byId)
            return byId;
        if (Link(elf) is not var (name, checksum))
            return null;
        var folder = Path.GetDirectoryName(target) ?? "/";
        return new[] { Path.Combine(folder, name), Path.Combine(folder, ".debug", name), Path.Combine(root, folder.TrimStart('/'), name) }
            .Where(path => path != target)
            .Select(path => Believed(path, id, checksum))
            .FirstOrDefault(static found => found is not null);
    }

    /// <summary>A file that is broken or another's is as good as none.</summary>
    private ElfFile? Believed(string path, string? id, uint? checksum)
    {
        if (open(path) is not { } image || image.Length > ElfFile.MaxFileBytes)
            return null;
        try
        {
            var file = ElfFile.Read(image, ElfRole.Debug);
            return ElfIdentity.GnuBuildId(file) == id && (checksum is null || checksum == Checksum(image)) ? file : null;
        }
        catch (ElfRefusedException)
        {
            return null;
        }
    }

    /// <summary>What a target says of the file: its name, and the checksum of its content.</summary>
    private static (string Name, uint Checksum)? Link(ElfFile elf)
    {
        if (elf.Section(".gnu_debuglink") is not { Bytes: > 8 and <= MaxLinkBytes } section)
            return null;
        var link = new byte[(int)section.Bytes];
        elf.Image.Fill(".gnu_debuglink", section.Offset, link);
        var end = link.AsSpan().IndexOf((byte)0);
        var checksumAt = end + 4 & ~3;
        if (end <= 0 || checksumAt > link.Length - 4)
            return null;
        var name = Encoding.UTF8.GetString(link, 0, end);
        return name is "." or ".." || name.Contains('/') ? null : (name, Little.U32(link, checksumAt));
    }

    private static uint Checksum(IImage image)
    {
        var hash = new Crc32();
        var piece = new byte[(int)Math.Min(PieceBytes, image.Length)];
        for (long at = 0; at < image.Length; at += PieceBytes)
        {
            var bytes = piece.AsSpan(0, (int)Math.Min(PieceBytes, image.Length - at));
            image.Fill("the debug file", at, bytes);
            hash.Append(bytes);
        }

        return hash.GetCurrentHashAsUInt32();
    }
}
