using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>A function that is attached, as it is pinned on this host.</summary>
/// <param name="Node">The node whose it is, as it is written in pins: with a plus for each dot.</param>
/// <param name="NodeRuns">Whether that node runs; where it does not, the table that answers changes no more.</param>
/// <param name="Attachment">Id of the attachment; empty where the pin's name tells of none.</param>
/// <param name="Pin">Where it is pinned.</param>
/// <param name="File">The file's path when it was attached, as the kernel has it; null where it does not say.</param>
/// <param name="Offset">Where in the file; null where the kernel does not say.</param>
public sealed record PinnedFunction(string Node, bool NodeRuns, string Attachment, string Pin, string? File, long? Offset);

/// <summary>What was done to clean a host.</summary>
/// <param name="Removed">Pins that are gone: links, and tables of nodes that do not run.</param>
/// <param name="Running">Nodes that run, whose pins were left alone.</param>
/// <param name="Failed">Pins that could not be removed, each with the reason.</param>
public sealed record HostCleaned(IReadOnlyList<string> Removed, IReadOnlyList<string> Running, IReadOnlyList<string> Failed);

/// <summary>All that the nodes of this host have attached, those that run and those that are no more. Needs no node.</summary>
public static class PinnedLinks
{
    /// <summary>Every attached function of this host, node after node. What this process may not read, which takes root, is left out.</summary>
    public static IReadOnlyList<PinnedFunction> List() => List(TablePlace.PinFolder);

    /// <summary>
    /// Gives back every function that a node attached which does not run now, and removes such a node's table. A node that
    /// runs is left alone: it would attach again.
    /// </summary>
    public static HostCleaned RemoveAll() => RemoveAll(TablePlace.PinFolder);

    internal static IReadOnlyList<PinnedFunction> List(string root)
    {
        var found = new List<PinnedFunction>();
        foreach (var (node, folder) in Nodes(root))
        {
            var held = LinkPins.TryLock(folder);
            if (held >= 0)
                _ = Libc.close(held);
            else if (held != LinkPins.IsHeld)
                continue;
            foreach (var pin in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                using var link = UprobeLink.Open(pin);
                var info = link?.Info;
                found.Add(new PinnedFunction(node, held < 0, LinkName.Parse(Path.GetFileName(pin))?.Attachment ?? "", pin, info?.Path, info?.Offset));
            }
        }

        return found;
    }

    internal static HostCleaned RemoveAll(string root)
    {
        var (removed, running, failed) = (new List<string>(), new List<string>(), new List<string>());
        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (node, folder) in Nodes(root))
        {
            var held = LinkPins.TryLock(folder);
            if (held >= 0)
            {
                foreach (var pin in Directory.GetFiles(folder))
                    Remove(pin, removed, failed);
                _ = Libc.close(held);
                continue;
            }

            left.Add(node);
            if (held == LinkPins.IsHeld)
                running.Add(node);
            else
                failed.Add($"{folder}: {Marshal.GetPInvokeErrorMessage(-held)}");
        }

        foreach (var table in Tables(root).Where(table => NodeOf(table) is { } node && !left.Contains(TablePlace.PinName(node))))
        {
            // What is pinned beside a table belongs to it.
            foreach (var pin in Directory.GetFiles(Path.GetDirectoryName(table)!, "table-*").Prepend(table))
                Remove(pin, removed, failed);
        }

        foreach (var node in Nodes(root).Select(static one => one.Node).Where(node => !left.Contains(node)))
            RemoveFolders(Path.Combine(root, node));
        return new HostCleaned(removed, running, failed);
    }

    private static IEnumerable<(string Node, string Folder)> Nodes(string root) =>
        Folders(root).Select(static folder => (Node: Path.GetFileName(folder), Folder: Path.Combine(folder, LinkPins.Links)))
            .Where(static one => Directory.Exists(one.Folder));

    private static string[] Folders(string root) =>
        Directory.Exists(root) && Libc.IsOnBpfFs(root) ? [.. Directory.GetDirectories(root).Order(StringComparer.Ordinal)] : [];

    private static IEnumerable<string> Tables(string root) =>
        Folders(root).Prepend(root).Select(static folder => Path.Combine(folder, "table")).Where(File.Exists);

    private static unsafe string? NodeOf(string table)
    {
        using var found = FoundTable.Open(table);
        var header = found is null ? null : (TableHeader*)found.Mapping.Bytes;
        return header == null || header->Magic != Layout.Magic
            ? null
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(header->Node));
    }

    private static void Remove(string pin, List<string> removed, List<string> failed)
    {
        if (Libc.unlink(pin) == 0)
            removed.Add(pin);
        else
            failed.Add($"{pin}: {Libc.LastError()}");
    }

    private static void RemoveFolders(string folder)
    {
        foreach (var empty in new[] { Path.Combine(folder, LinkPins.Links), folder }.Where(static one => Directory.GetFileSystemEntries(one).Length == 0))
            Directory.Delete(empty);
    }
}
