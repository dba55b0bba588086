using Fabric.Bpf.Interop;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>
/// The override door of one node: functions of any program, which need not know of Fabric, answered by the table.
/// Any thread may call any member.
/// </summary>
public sealed class OverrideDoor : IOverrideDoor
{
    private readonly Func<BpfTableMemory, OverrideProgram> _load;

    // Guards all that follows.
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, HeldAttachment> _held = new(StringComparer.Ordinal);
    private Task _work = Task.CompletedTask;
    private FlagTable? _table;
    private OverrideProgram? _program;
    private string? _whyNone;
    private bool _disposed;

    private OverrideDoor(OverrideSupport support, Func<BpfTableMemory, OverrideProgram> load)
    {
        _load = load;
        Support = support;
        _whyNone = support.Supported ? "this node's table is not open yet" : support.Sentence;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Whether this host can override at all.</summary>
    public OverrideSupport Support { get; }

    /// <summary>Opens the door of a node.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="support">What <see cref="OverrideSupport.Probe"/> found.</param>
    public static OverrideDoor Open(string node, OverrideSupport support) => Open(node, support, OverrideProgram.Load);

    /// <summary>The same, with a program of the caller's.</summary>
    internal static OverrideDoor Open(string node, OverrideSupport support, Func<BpfTableMemory, OverrideProgram> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return new OverrideDoor(support, load);
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
    public void Want(IReadOnlyList<AttachmentRequest> wanted)
    {
        lock (_lock)
            _work = _work.ContinueWith(_ => Reconcile(wanted), TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Attachment> List()
    {
        lock (_lock)
            return [.. _held.Values.Select(static held => held.Describe())];
    }

    /// <inheritdoc/>
    public Task SettledAsync(CancellationToken token)
    {
        lock (_lock)
            return _work.WaitAsync(token);
    }

    /// <summary>Gives every function back to itself.</summary>
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

    private void Reconcile(IReadOnlyList<AttachmentRequest> wanted)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            var byId = wanted.ToDictionary(static one => Attachment.IdOf(one.Exe, one.Symbol), StringComparer.Ordinal);
            foreach (var id in _held.Keys.Except(byId.Keys).ToArray())
            {
                _held.Remove(id, out var gone);
                gone!.Dispose();
            }

            foreach (var (id, request) in byId)
                Keep(id, HeldAttachment.Prepare(request));
        }

        Changed?.Invoke();
    }

    private void Keep(string id, HeldAttachment held)
    {
        var known = _held.GetValueOrDefault(id);
        if (known is { Attached: true } && known.IsSameAs(held))
        {
            held.Dispose();
            return;
        }

        held.Place(_program, _whyNone);
        _held[id] = held;
        known?.Dispose();
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
