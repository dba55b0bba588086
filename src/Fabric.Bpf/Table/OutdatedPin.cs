using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Table;

/// <summary>A node's pinned table that programs would find before the file which has taken its place.</summary>
internal sealed class OutdatedPin
{
    private readonly string _path;

    private OutdatedPin(string path) => _path = path;

    /// <summary>The owner's table at <paramref name="path"/>, whatever its measures; null where there is none.</summary>
    internal static unsafe OutdatedPin? Find(string path, TableOwner owner)
    {
        try
        {
            using var found = FoundTable.Open(path);
            if (found is null || ((TableHeader*)found.Mapping.Bytes)->Magic != Layout.Magic)
                return null;
            var whose = TableOwner.Of((TableHeader*)found.Mapping.Bytes);
            return whose.Fabric == owner.Fabric && whose.Node == owner.Node ? new OutdatedPin(path) : null;
        }
        catch (Exception refused) when (refused is TableUnusableException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Has running programs go over, as far as the kernel still lets the node write the table, and new ones find its
    /// successor. Whoever cannot be told keeps the answers there were.
    /// </summary>
    internal void Leave()
    {
        try
        {
            if (FoundTable.Open(_path) is { } found)
            {
                using (found)
                    BpfTableMemory.Retire(found);
            }
        }
        catch (Exception refused) when (refused is BpfRefusedException or TableUnusableException or DllNotFoundException)
        {
            // A node without BPF rights writes no array; what it may do is take the pin away.
        }

        _ = Libc.unlink(_path);
    }
}
