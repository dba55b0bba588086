namespace Fabric.Bpf.Attach;

/// <summary>
/// Looks for attachments' files in the containers of this host. A new one is looked at whole at once; those that are
/// known take turns where they are too many for one round, so that a round costs some milliseconds at most.
/// </summary>
internal sealed class Containers
{
    /// <summary>Paths looked at in known containers, in one round.</summary>
    private const int MaxLooks = 2000;

    private readonly MountNamespaces _namespaces = new();
    private readonly Every _due = new(TimeSpan.FromSeconds(1));
    private readonly HashSet<ulong> _known = [];
    private readonly Queue<ulong> _turns = [];
    private HashSet<HeldAttachment> _lookedFor = [];

    internal void Look(IReadOnlyCollection<HeldAttachment> held)
    {
        // Who is new has to be looked for everywhere before what it replaces is let go.
        var more = !_lookedFor.IsSupersetOf(held);
        if (!_due.IsDue() && !more)
            return;
        _lookedFor = [.. held];
        _namespaces.Scan();
        var spaces = _namespaces.Spaces;
        foreach (var one in held)
            one.Forget(spaces);
        _known.IntersectWith(spaces);
        foreach (var space in more ? spaces : [.. spaces.Except(_known)])
            LookAt(space, held);
        if (!more)
            TakeTurns(held);
        foreach (var space in spaces.Where(_known.Add))
            _turns.Enqueue(space);
    }

    private void TakeTurns(IReadOnlyCollection<HeldAttachment> held)
    {
        var looks = 0;
        for (var left = _turns.Count; left > 0 && looks < MaxLooks; left--)
        {
            var space = _turns.Dequeue();
            if (!_known.Contains(space))
                continue;
            _turns.Enqueue(space);
            LookAt(space, held);
            looks += held.Count;
        }
    }

    private void LookAt(ulong space, IReadOnlyCollection<HeldAttachment> held)
    {
        using var tree = _namespaces.Open(space);
        if (tree is null)
            return;
        foreach (var one in held)
            one.Look(tree);
    }
}
