using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>Links that an earlier process of this node left pinned and nobody has taken over yet.</summary>
internal sealed class EarlierLinks : IDisposable
{
    private readonly Dictionary<string, List<PinnedLink>> _byAttachment = new(StringComparer.Ordinal);

    internal bool Any => _byAttachment.Count > 0;

    /// <summary>Attachments that links are left of.</summary>
    internal IReadOnlyCollection<string> Attachments => [.. _byAttachment.Keys];

    internal void Add(IEnumerable<PinnedLink> links)
    {
        foreach (var link in links)
        {
            if (!_byAttachment.TryGetValue(link.Name.Attachment, out var known))
                _byAttachment[link.Name.Attachment] = known = [];
            known.Add(link);
        }
    }

    /// <summary>Files that links of an attachment are left of.</summary>
    internal IReadOnlyCollection<(ulong Device, ulong Inode)> FilesOf(string attachment) =>
        [.. _byAttachment.GetValueOrDefault(attachment, []).Select(static link => (link.Name.Device, link.Name.Inode)).Distinct()];

    /// <summary>Gives up those of one file.</summary>
    internal IReadOnlyList<PinnedLink> Take(string attachment, FileIdentity file) =>
        Take(attachment, link => link.Name.Device == file.Device && link.Name.Inode == file.Inode);

    /// <summary>Gives up all that are left of an attachment.</summary>
    internal IReadOnlyList<PinnedLink> Take(string attachment) => Take(attachment, static _ => true);

    /// <summary>Closes them; they stay attached.</summary>
    public void Dispose()
    {
        foreach (var link in _byAttachment.Values.SelectMany(static links => links))
            link.Dispose();
        _byAttachment.Clear();
    }

    private List<PinnedLink> Take(string attachment, Func<PinnedLink, bool> which)
    {
        if (!_byAttachment.TryGetValue(attachment, out var left))
            return [];
        var taken = left.Where(which).ToList();
        left.RemoveAll(taken.Contains);
        if (left.Count == 0)
            _byAttachment.Remove(attachment);
        return taken;
    }
}
