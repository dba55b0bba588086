namespace Fabric.Bpf.Attach;

/// <summary>
/// Looks for attachments' files in the containers of this host. Where they are too many for one round, new ones come first and
/// those that are known take turns, so that a round costs some milliseconds, whatever anybody on the host makes.
/// </summary>
internal sealed class Containers
{
    /// <summary>Paths looked at in new containers in one round, and as many in known ones.</summary>
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
        if (!more)
            TakeTurns(held);
        var met = more ? spaces : spaces.Where(space => !_known.Contains(space)).Take(Math.Max(1, MaxLooks / Math.Max(1, held.Count)));
        foreach (var space in met.ToArray())
        {
            LookAt(space, held);
            if (_known.Add(space))
                _turns.Enqueue(space);
        }
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
