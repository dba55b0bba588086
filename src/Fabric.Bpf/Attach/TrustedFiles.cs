using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// Files that say something of a target, which are trusted as it is, in whatever folder they are. What is opened is
/// closed with this.
/// </summary>
/// <param name="rules">What the host trusts.</param>
/// <param name="tree">Where the target is: in a container, so are the files that say something of it.</param>
internal sealed class TrustedFiles(TargetRules rules, FileTree tree) : IDisposable
{
    private readonly TargetRules _rules = rules with { Roots = [] };
    private readonly List<RegularFile> _open = [];

    /// <summary>The file at a path; null where there is none that may be trusted.</summary>
    internal IImage? Open(string path)
    {
        try
        {
            var file = tree.Open(path);
            _open.Add(file);
            return _rules.WhyNot(path, file, tree.Prefix) is null ? new FileImage(file.Handle) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var file in _open)
            file.Dispose();
    }
}
