using System.Collections.Concurrent;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// The door's work: round after round it makes true what is wanted. One thread has it; what each round must look at
/// again is a matter of time, what it finds changed it attaches before it lets go what was there.
/// </summary>
internal sealed class DoorRounds(string folder, TargetRules rules, Wakeups wakeups) : IDisposable
{
    /// <summary>How long links of an earlier process are left alone while the table is still empty.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxReleasing = 16;

    private readonly SortedDictionary<string, HeldAttachment> _held = new(StringComparer.Ordinal);
    private readonly LinkPins _pins = new(folder);
    private readonly EarlierLinks _earlier = new();
    private readonly Containers _containers = new();
    private readonly CodeMappings _mappings = new();
    private readonly Every _pinned = new(TimeSpan.FromSeconds(5));
    private readonly Every _run = new(TimeSpan.FromSeconds(2));
    private bool _owner;
    private TimeSpan? _waitingSince;

    /// <summary>How long until the next round is due.</summary>
    internal TimeSpan Pause => _waitingSince is not null ? TimeSpan.FromMilliseconds(100)
        : _held.Count > 0 ? TimeSpan.FromMilliseconds(500)
        : TimeSpan.FromSeconds(5);

    /// <summary>What became of each wanted function; null where it is too early to say.</summary>
    internal Attachment[]? Do(DoorInput input)
    {
        var slowly = _pinned.IsDue();
        if (slowly)
            input.Table?.Restore();
        if (slowly || !_owner)
            KeepPins(input);
        if (input.Wanted is not { } wanted)
            return [];
        if (!input.Serves)
            return [.. wanted.Select(one => Attachment.Refused(one, input.WhyNone!)).OrderBy(static one => one.Id, StringComparer.Ordinal)];
        if (MustWait(input))
            return null;

        var placement = new Placement(input.Program, input.WhyNone, _pins, _earlier) { TriesAgain = slowly };
        var dropped = Take(wanted);
        Look();
        foreach (var held in _held.Values)
            held.Place(placement);
        LetGoReplaced(placement);
        foreach (var held in dropped)
            held.Detach(placement.Released);
        TakeOverRest(placement);
        Release(placement.Released);
        foreach (var held in dropped)
            held.Dispose();
        return [.. _held.Values.Select(static held => held.Describe())];
    }

    /// <summary>Closes everything; what is pinned stays attached.</summary>
    public void Dispose()
    {
        foreach (var held in _held.Values)
            held.Dispose();
        _held.Clear();
        _earlier.Dispose();
        _pins.Dispose();
    }

    /// <summary>
    /// Each waits for the kernel and does nothing meanwhile, so they wait together: by threads of their own, of which the
    /// pool would give one for each CPU.
    /// </summary>
    private static void Release(List<PinnedLink> links)
    {
        var left = new ConcurrentQueue<PinnedLink>(links);
        var threads = Enumerable.Range(0, Math.Clamp(links.Count - 1, 0, MaxReleasing)).Select(_ => new Thread(Drain) { IsBackground = true }).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Drain();
        Array.ForEach(threads, static thread => thread.Join());

        void Drain()
        {
            while (left.TryDequeue(out var link))
                link.Release();
        }
    }

    /// <summary>
    /// The folder's lock says that this node lives, also while nothing is attached. Links are pinned where they are not;
    /// those of an earlier process are met once, when the folder becomes this one's.
    /// </summary>
    private void KeepPins(DoorInput input)
    {
        if (input.Table is null && !Directory.Exists(folder))
            return;
        var owned = _pins.WhyNot() is null;
        if (owned && !_owner)
            _earlier.Add(_pins.Read());
        _owner = owned;
        if (!owned)
            return;
        foreach (var held in _held.Values)
            held.RestorePins();
    }

    /// <summary>
    /// A program with an empty table would give every function back to itself for a moment, where an earlier process had
    /// it answered. The table fills as soon as the log has been read.
    /// </summary>
    private bool MustWait(DoorInput input)
    {
        var now = TimeSpan.FromMilliseconds(Environment.TickCount64);
        if (!_earlier.Any || input.Program is not { HasAnswers: false } || now - (_waitingSince ?? now) > Patience)
        {
            _waitingSince = null;
            return false;
        }

        _waitingSince ??= now;
        return true;
    }

    /// <summary>Begins with what is newly wanted; what is no longer wanted, or otherwise than before, is handed out.</summary>
    private List<HeldAttachment> Take(IReadOnlyList<AttachmentRequest> wanted)
    {
        var dropped = new List<HeldAttachment>();
        var byId = new Dictionary<string, AttachmentRequest>(StringComparer.Ordinal);
        foreach (var request in wanted)
            byId[Attachment.IdOf(request.Exe, request.Symbol)] = request;
        foreach (var held in _held.Values.Where(held => !held.Request.Equals(byId.GetValueOrDefault(held.Id))).ToArray())
        {
            dropped.Add(held);
            _held.Remove(held.Id);
        }

        foreach (var (id, request) in byId)
        {
            if (!_held.ContainsKey(id))
                _held[id] = new HeldAttachment(request, rules, wakeups);
        }

        return dropped;
    }

    private void Look()
    {
        foreach (var held in _held.Values)
            held.Look(FileTree.Host);
        _containers.Look(_held.Values);
    }

    /// <summary>A file that is at its path no more is kept while a process runs it, and there are not too many of them.</summary>
    private void LetGoReplaced(Placement placement)
    {
        var replaced = _held.Values.Select(static held => (Held: held, Files: held.Replaced)).Where(static one => one.Files.Count > 0).ToArray();
        if (replaced.Length == 0)
            return;
        var due = _run.IsDue() || replaced.Any(static one => one.Files.Count > HeldAttachment.MaxReplaced);
        if (due)
            Recheck([.. replaced.SelectMany(static one => one.Files)]);
        foreach (var (held, files) in replaced)
        {
            var run = files.Where(file => file.Attached && (!due || file.RunBy is not null)).TakeLast(HeldAttachment.MaxReplaced).ToArray();
            if (run.Length < files.Count)
                held.LetGo([.. files.Except(run)], placement);
        }
    }

    /// <summary>Asks first the process that was known to run a file, and all of them only where it does so no more.</summary>
    private void Recheck(HeldFile[] files)
    {
        var unknown = files.Where(file => file.RunBy is not { } run || !_mappings.Holds(run)).ToArray();
        if (unknown.Length == 0)
            return;
        var found = _mappings.Find([.. unknown.Select(static file => (file.Identity.Device, file.Identity.Inode)).Distinct()]);
        foreach (var file in unknown)
            file.RunBy = found.GetValueOrDefault((file.Identity.Device, file.Identity.Inode));
    }

    /// <summary>
    /// What an earlier process attached and this one has not met again: files that were replaced, and functions that
    /// nobody wants any more.
    /// </summary>
    private void TakeOverRest(Placement placement)
    {
        var ids = _earlier.Attachments;
        var sought = ids.Where(_held.ContainsKey).SelectMany(_earlier.FilesOf).Distinct().ToArray();
        var run = sought.Length > 0 ? _mappings.Find(sought) : [];
        foreach (var id in ids)
        {
            if (_held.TryGetValue(id, out var held))
            {
                foreach (var file in _earlier.FilesOf(id).Where(run.ContainsKey))
                    held.Inherit(run[file]);
                held.Place(placement);
            }

            placement.Released.AddRange(_earlier.Take(id));
        }
    }
}
