using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>One file of an attachment, where it is seen, and the link that is on it.</summary>
internal sealed class HeldFile(string attachment, AttachmentRequest request, TargetFile target, Wakeups wakeups) : IDisposable
{
    private readonly SortedDictionary<ulong, (string Prefix, string? Container)> _places = [];
    private TargetFile _target = target;
    private int _watch = target.File is null ? -1 : wakeups.WatchFile(target.File);
    private PinnedLink? _link;
    private OverrideProgram? _program;
    private string? _reason;
    private (string Prefix, string? Container) _last = ("", null);

    internal FileIdentity Identity => _target.Identity;

    /// <summary>Whether it is at the attachment's path in any tree.</summary>
    internal bool IsSeen => _places.Count > 0;

    /// <summary>Whether the table answers for the function in it.</summary>
    internal bool Attached => _link is not null || Shared is { Attached: true };

    /// <summary>The file whose link is on this one too, as they are one in truth.</summary>
    internal HeldFile? Shared { get; private set; }

    /// <summary>
    /// Whether it must be judged again though it looks the same. Trees may judge differently: the word of the one that was
    /// asked first counts, while the file is seen from there.
    /// </summary>
    internal bool MustJudgeAgainFrom(ulong space) =>
        _target.MustJudgeAgain && (_target.Space == space || !IsSeenFrom(_target.Space));

    /// <summary>The process that kept it from being let go last.</summary>
    internal CodeMapping? RunBy { get; set; }

    private bool IsGo => _target.Abi == AttachmentAbi.Go;

    private bool WithKey => request.Signature == AttachmentSignature.FlagAndKey;

    internal bool IsSeenFrom(ulong space) => _places.ContainsKey(space);

    internal void Join(FileTree tree) => _places[tree.Space] = (tree.Prefix, tree.Container);

    internal void Leave(ulong space)
    {
        _last = _places.GetValueOrDefault(space, _last);
        _places.Remove(space);
    }

    internal IReadOnlyCollection<ulong> Spaces => _places.Keys;

    /// <summary>
    /// Goes on with the same file in another state. A probe that would now be in the midst of other instructions is taken
    /// away before anything else.
    /// </summary>
    internal void Renew(TargetFile now)
    {
        var still = now.IsLike(_target) && (_link is null || OverrideProgram.IsPlaced(now.File!, now.Target!));
        if (!still)
        {
            _link?.Release();
            Part();
            _link = null;
        }

        _target.Dispose();
        _target = now;
        wakeups.Forget(_watch);
        _watch = now.File is null ? -1 : wakeups.WatchFile(now.File);
        if (Shared is { } shared && !IsOneWith(shared))
            Shared = null;
    }

    /// <summary>Attaches to it where that is to be and is not so yet.</summary>
    /// <param name="with">What to attach.</param>
    /// <param name="others">Files of the same attachment that stay: one of them may be this one in truth.</param>
    internal void Place(Placement with, IEnumerable<HeldFile> others)
    {
        if (_target.Target is null || with.Program is null)
        {
            Detach(with.Released);
            with.Released.AddRange(with.Earlier.Take(attachment, Identity));
            _reason = _target.Refusal ?? with.WhyNone;
            return;
        }

        if (_program == with.Program && (Attached || !with.TriesAgain))
            return;
        (_program, _reason) = (with.Program, null);
        Shared = _link is null ? others.FirstOrDefault(other => other != this && other._link is not null && other._program == _program && IsOneWith(other)) : null;
        var earlier = with.Earlier.Take(attachment, Identity);
        var taken = Attached ? null : earlier.FirstOrDefault(DoesTheSame);
        with.Released.AddRange(earlier.Where(link => link != taken));
        if (taken is not null)
            _link = taken;
        else if (Shared is null)
            Attach(with, with.Program);
    }

    /// <summary>Has a link of its own again, since the one it shared goes.</summary>
    internal void Part()
    {
        Shared = null;
        _program = null;
    }

    internal void RestorePin() => _link?.Restore();

    /// <summary>Gives the function in this file back to itself, once what is released is.</summary>
    internal void Detach(List<PinnedLink> released)
    {
        if (_link is not null)
            released.Add(_link);
        _link = null;
        Part();
    }

    /// <summary>What became of it, by the first place where it is seen: the host's own before any container's.</summary>
    internal AttachedFile Describe()
    {
        var (prefix, container) = IsSeen ? _places.First().Value : _last;
        return new(
            $"{prefix}{request.Exe}{(IsSeen ? "" : " (replaced)")}",
            container,
            (long)Identity.Device,
            (long)Identity.Inode,
            _target.BuildId,
            Attached ? AttachmentState.Attached : AttachmentState.Refused,
            Attached ? null : _reason,
            Attached ? _target.Target?.Kind : null,
            _target.Abi,
            Attached ? _target.Target?.Offset : null);
    }

    /// <summary>Closes it; what is pinned stays attached.</summary>
    public void Dispose()
    {
        wakeups.Forget(_watch);
        _link?.Dispose();
        _target.Dispose();
    }

    /// <summary>Whether the link of another one is on this one too.</summary>
    private bool IsOneWith(HeldFile other) =>
        _target.IsLike(other._target) && SameContent.IsProbed(_target.File!, other._target.File!, _target.Target!);

    /// <summary>Whether a link of an earlier process is what would be made here now.</summary>
    private bool DoesTheSame(PinnedLink link) =>
        link.Info is { } info && _program!.IsBehind(link.Name.Program, info, _target.Target!, IsGo, WithKey) && OverrideProgram.IsPlaced(_target.File!, _target.Target!);

    /// <summary>Attaches a program first; the one that was attached goes at last, so that no call in between is missed.</summary>
    private void Attach(Placement with, OverrideProgram program)
    {
        var old = _link;
        try
        {
            _link = with.Pins.Keep(program.Attach(_target.File!, _target.Target!, IsGo, WithKey), program.Mark, attachment, Identity);
        }
        catch (BpfRefusedException refused)
        {
            _link = null;
            _reason = refused.Message;
        }

        if (old is not null)
            with.Released.Add(old);
    }
}
