using Fabric.Bpf.Interop;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>
/// The override door of one node: functions of any program, which need not know of Fabric, answered by the table.
/// What is attached is kept in the node's data folder and attached again at its next start; the probes themselves end
/// with the process. Any thread may call any member.
/// </summary>
public sealed class OverrideDoor : IOverrideDoor
{
    private readonly AttachmentStore _store;
    private readonly Func<BpfTableMemory, OverrideProgram> _load;
    private readonly TargetRules _rules;

    // Guards all that follows. Nothing is read from a target's file while it is held.
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, HeldAttachment> _held = new(StringComparer.Ordinal);
    private FlagTable? _table;
    private OverrideProgram? _program;
    private string? _whyNone;
    private bool _disposed;

    private OverrideDoor(AttachmentStore store, OverrideSupport support, TargetRules rules, Func<BpfTableMemory, OverrideProgram> load)
    {
        _rules = rules;
        _store = store;
        _load = load;
        Support = support;
        _whyNone = support.Supported ? "this node's table is not open yet" : support.Sentence;
    }

    /// <summary>Whether this host can override at all.</summary>
    public OverrideSupport Support { get; }

    /// <summary>Finds again what was attached last time; it is attached once there is a table to answer from.</summary>
    /// <param name="dataDirectory">The node's data folder.</param>
    /// <param name="support">What <see cref="OverrideSupport.Probe"/> found.</param>
    /// <param name="rules">Which files may be attached to.</param>
    /// <exception cref="AttachmentsUnusableException">The list of attachments cannot be understood.</exception>
    public static OverrideDoor Open(string dataDirectory, OverrideSupport support, TargetRules rules) =>
        Open(dataDirectory, support, rules, OverrideProgram.Load);

    /// <summary>The same, with a program of the caller's.</summary>
    internal static OverrideDoor Open(string dataDirectory, OverrideSupport support, TargetRules rules, Func<BpfTableMemory, OverrideProgram> load)
    {
        var door = new OverrideDoor(new AttachmentStore(dataDirectory), support, rules, load);
        foreach (var request in door._store.Read().Take(AttachmentStore.MaxAttachments))
        {
            var held = HeldAttachment.Prepare(request, rules);
            held.Place(program: null, door._whyNone);
            door._held[Attachment.IdOf(request.Exe, request.Symbol)] = held;
        }

        return door;
    }

    /// <summary>The same, for a table that is open already.</summary>
    /// <param name="table">What answers.</param>
    /// <param name="dataDirectory">The node's data folder.</param>
    /// <param name="support">What <see cref="OverrideSupport.Probe"/> found.</param>
    /// <param name="rules">Which files may be attached to.</param>
    /// <exception cref="AttachmentsUnusableException">The list of attachments cannot be understood.</exception>
    public static OverrideDoor Open(IFlagTable table, string dataDirectory, OverrideSupport support, TargetRules rules)
    {
        var door = Open(dataDirectory, support, rules);
        door.Serve(table);
        return door;
    }

    /// <summary>
    /// Answers from this table from now on, and from whatever takes its place. Called by whoever opened the table,
    /// on the thread that writes it. Never throws: what cannot be attached is refused with the reason.
    /// </summary>
    public void Serve(IFlagTable table)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _table?.Moved -= Follow;
            _table = table as FlagTable;
            _table?.Moved += Follow;
            Use(_table?.Memory);
        }
    }

    /// <inheritdoc/>
    public Attachment Attach(AttachmentRequest request)
    {
        var held = HeldAttachment.Prepare(request, _rules);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Keep(Attachment.IdOf(request.Exe, request.Symbol), held);
        }
    }

    /// <inheritdoc/>
    public Attachment? Detach(string id)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(id, out var held))
                return null;
            _store.Save(_held.Where(one => one.Key != id).Select(static one => one.Value.Request));
            _held.Remove(id);
            var was = held.Describe();
            held.Dispose();
            return was;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Attachment> List()
    {
        lock (_lock)
            return [.. _held.Values.Select(static held => held.Describe())];
    }

    /// <summary>Gives every function back to itself. What is remembered stays.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _table?.Moved -= Follow;
            foreach (var held in _held.Values)
                held.Dispose();
            _held.Clear();
            _program?.Dispose();
            _program = null;
        }
    }

    private Attachment Keep(string id, HeldAttachment held)
    {
        var known = _held.GetValueOrDefault(id);
        if (known is { Attached: true } && known.IsSameAs(held))
        {
            held.Dispose();
            return known.Describe();
        }

        if (known is null && _held.Count >= AttachmentStore.MaxAttachments)
        {
            held.Dispose();
            return held.Describe() with { Reason = $"a node has at most {AttachmentStore.MaxAttachments} attachments" };
        }

        held.Place(_program, _whyNone);
        if (!held.Attached)
        {
            held.Dispose();
            return held.Describe();
        }

        Remember(id, held);
        known?.Dispose();
        return held.Describe();
    }

    private void Remember(string id, HeldAttachment held)
    {
        try
        {
            _store.Save(_held.Where(one => one.Key != id).Select(static one => one.Value.Request).Append(held.Request));
            _held[id] = held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void Follow(ITableMemory memory)
    {
        lock (_lock)
        {
            if (!_disposed)
                Use(memory);
        }
    }

    /// <summary>
    /// Loads the program for a table and moves everything to it. Without one, functions answer for themselves: an
    /// answer from a table that nobody writes any more would stay wrong for good.
    /// </summary>
    private void Use(ITableMemory? memory)
    {
        var old = _program;
        (_program, _whyNone) = Load(memory);
        foreach (var held in _held.Values)
            held.Place(_program, _whyNone);
        old?.Dispose();
    }

    private (OverrideProgram? Program, string? WhyNone) Load(ITableMemory? memory)
    {
        if (!Support.Supported)
            return (null, Support.Sentence);
        if (memory is not BpfTableMemory table)
            return (null, "this node's table is a file, which the kernel cannot answer from");
        try
        {
            return (_load(table), null);
        }
        catch (BpfRefusedException refused)
        {
            return (null, refused.Message);
        }
    }
}
