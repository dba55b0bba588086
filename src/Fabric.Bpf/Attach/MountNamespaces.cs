using System.Globalization;
using System.Text;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// Finds the containers of a host: the mount namespaces that are not this process's own, each by one process in it. A
/// process may change its namespace while it runs, so nothing is kept of it but which one was taken last.
/// </summary>
internal sealed unsafe class MountNamespaces
{
    private const int LinkBytes = 64;

    private readonly ulong? _own = SpaceOf("self");
    private Dictionary<ulong, int> _known = [];

    /// <summary>Looks at every process once: some microseconds each.</summary>
    internal void Scan()
    {
        var found = new Dictionary<ulong, int>();
        if (_own is { } own)
        {
            foreach (var process in Processes.All())
            {
                if (SpaceOf(process.ToString(CultureInfo.InvariantCulture)) is { } space && space != own
                    && (!found.ContainsKey(space) || _known.GetValueOrDefault(space) == process))
                    found[space] = process;
            }
        }

        _known = found;
    }

    /// <summary>The namespaces found last.</summary>
    internal IReadOnlyCollection<ulong> Spaces => _known.Keys;

    /// <summary>The files of one of them; null when it has gone meanwhile.</summary>
    internal FileTree? Open(ulong space) => _known.TryGetValue(space, out var process)
        ? FileTree.Of(space, process, Processes.ControlGroup(process) ?? "")
        : null;

    /// <summary>Null when the process has ended, or this one may not look.</summary>
    private static ulong? SpaceOf(string process)
    {
        var text = stackalloc byte[LinkBytes];
        var length = (int)Libc.readlink($"/proc/{process}/ns/mnt", text, LinkBytes);
        // mnt:[4026531841]
        return length > 6 && ulong.TryParse(Encoding.ASCII.GetString(text + 5, length - 6), CultureInfo.InvariantCulture, out var space)
            ? space
            : null;
    }
}
