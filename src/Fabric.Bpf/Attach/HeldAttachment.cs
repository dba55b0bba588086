using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// A function that is wanted and every file of this host that it is in: those at its path in any tree, and those that
/// were there once and are still run.
/// </summary>
internal sealed class HeldAttachment(AttachmentRequest request, TargetRules rules, Wakeups wakeups) : IDisposable
{
    /// <summary>Files that are no longer at the path and are held for the processes that run them.</summary>
    internal const int MaxReplaced = 8;

    /// <summary>Files of containers are taken up to so many: anybody who may make mount namespaces could make more.</summary>
    internal const int MaxFiles = 1000;

    private readonly List<HeldFile> _files = [];
    private int _watch = -1;

    internal AttachmentRequest Request => request;

    internal string Id { get; } = Attachment.IdOf(request.Exe, request.Symbol);

    /// <summary>Files that are at the path nowhere any more, the first replaced first.</summary>
    internal IReadOnlyList<HeldFile> Replaced => [.. _files.Where(static file => !file.IsSeen)];

    /// <summary>Finds what is at the path in a tree now.</summary>
    internal void Look(FileTree tree)
    {
        var current = _files.Find(file => file.IsSeenFrom(tree.Space));
        var there = tree.TryLook(request.Exe, out var identity, out var trouble);
        if (current is not null && there && current.Identity == identity && !current.MustJudgeAgainFrom(tree.Space))
        {
            current.Join(tree);
            return;
        }

        var isHost = tree.Space == FileTree.Host.Space;
        if (isHost)
            Watch();
        else if (current is null && _files.Count >= MaxFiles)
            return;
        if (there)
            Meet(tree, current, TargetFile.Open(request, rules, tree, identity));
        else if (trouble is not null && isHost)
            Meet(tree, current, TargetFile.Refused(request, identity, trouble));
        else
            current?.Leave(tree.Space);
    }

    /// <summary>Forgets the trees of containers that are no more.</summary>
    internal void Forget(IReadOnlyCollection<ulong> spaces)
    {
        foreach (var file in _files)
        {
            foreach (var gone in file.Spaces.Where(space => space != FileTree.Host.Space && !spaces.Contains(space)).ToArray())
                file.Leave(gone);
        }
    }

    /// <summary>Holds a file that an earlier process attached to and a process still runs.</summary>
    internal void Inherit(CodeMapping mapping)
    {
        if (_files.TrueForAll(file => (file.Identity.Device, file.Identity.Inode) != mapping.File) && TargetFile.Open(request, rules, mapping) is { } target)
            _files.Add(new HeldFile(Id, request, target, wakeups) { RunBy = mapping });
    }

    /// <summary>Attaches to every file that is to be attached to.</summary>
    internal void Place(Placement with)
    {
        foreach (var file in _files)
            file.Place(with, _files);
    }

    /// <summary>Gives back replaced files, after every file that shared a link of theirs has one of its own.</summary>
    internal void LetGo(IReadOnlyCollection<HeldFile> files, Placement with)
    {
        var staying = _files.Where(file => !files.Contains(file)).ToArray();
        foreach (var file in staying.Where(file => file.Shared is { } shared && files.Contains(shared)))
        {
            file.Part();
            file.Place(with, staying);
        }

        foreach (var file in files.Where(_files.Remove))
        {
            file.Detach(with.Released);
            file.Dispose();
        }
    }

    internal void RestorePins() => _files.ForEach(static file => file.RestorePin());

    /// <summary>Gives the function back to itself everywhere, once what is released is.</summary>
    internal void Detach(List<PinnedLink> released) => _files.ForEach(file => file.Detach(released));

    internal Attachment Describe() => Attachment.Of(request,
        [.. _files.OrderByDescending(static file => file.IsSeen).ThenBy(static file => file.Spaces.FirstOrDefault()).Select(static file => file.Describe())]);

    /// <summary>Closes everything; what is pinned stays attached.</summary>
    public void Dispose()
    {
        wakeups.Forget(_watch);
        _files.ForEach(static file => file.Dispose());
        _files.Clear();
    }

    private void Meet(FileTree tree, HeldFile? current, TargetFile met)
    {
        var known = _files.Find(file => file.Identity.IsSameFile(met.Identity));
        if (known is null)
            _files.Add(known = new HeldFile(Id, request, met, wakeups));
        else if (known.Identity != met.Identity || known.MustJudgeAgainFrom(tree.Space))
            known.Renew(met);
        else
            met.Dispose();
        if (current != known)
            current?.Leave(tree.Space);
        known.Join(tree);
    }

    /// <summary>Watches the folder that the file is in, or will be in: the nearest one there is.</summary>
    private void Watch()
    {
        var watch = -1;
        for (var folder = Path.GetDirectoryName(request.Exe); folder is not null && watch < 0; folder = Path.GetDirectoryName(folder))
            watch = wakeups.WatchFolder(folder);
        wakeups.Forget(_watch);
        _watch = watch;
    }
}
