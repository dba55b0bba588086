using Fabric.Bpf.Interop;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>
/// The override door of one node: functions of any program, which need not know of Fabric, answered by the table. What
/// is attached is pinned and outlives the node, until a node of its name wants something else. Any thread may call
/// any member.
/// </summary>
public sealed class OverrideDoor : IOverrideDoor
{
    /// <summary>How long a table that moves waits for the door to follow.</summary>
    private static readonly TimeSpan FollowPatience = TimeSpan.FromSeconds(10);

    private readonly Func<BpfTableMemory, OverrideProgram> _load;
    private readonly Wakeups _wakeups = new();
    private readonly DoorRounds _rounds;

    // Guards all that follows. Nothing is waited for while it is held.
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _left = [];
    private DoorInput _input;
    private TaskCompletionSource _settled = Settled();
    private Attachment[] _list = [];
    private FlagTable? _table;
    private Thread? _thread;
    private bool _disposed;

    private OverrideDoor(string folder, OverrideSupport support, TargetRules rules, Func<BpfTableMemory, OverrideProgram> load)
    {
        _load = load;
        _rounds = new DoorRounds(folder, rules, _wakeups);
        Support = support;
        _input = new DoorInput { WhyNone = support.Supported ? "this node's table is not open yet" : support.Sentence };
        _settled.SetResult();
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Whether this host can override at all.</summary>
    public OverrideSupport Support { get; }

    /// <summary>Opens the door of a node. Nothing is attached or given back before <see cref="Serve"/> and <see cref="Want"/>.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="support">What <see cref="OverrideSupport.Probe"/> found.</param>
    /// <param name="rules">Which files may be attached to.</param>
    public static OverrideDoor Open(string node, OverrideSupport support, TargetRules rules) =>
        Open(LinkPins.FolderOf(node), support, rules, OverrideProgram.Load);

    /// <summary>The same, with a folder for its links and a program of the caller's.</summary>
    internal static OverrideDoor Open(string folder, OverrideSupport support, TargetRules rules, Func<BpfTableMemory, OverrideProgram> load) =>
        new(folder, support, rules, load);

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
        }

        Use((table as FlagTable)?.Memory);
    }

    /// <inheritdoc/>
    public void Want(IReadOnlyList<AttachmentRequest> wanted) => Change(input => input with { Wanted = [.. wanted] });

    /// <inheritdoc/>
    public IReadOnlyList<Attachment> List()
    {
        lock (_lock)
            return _list;
    }

    /// <inheritdoc/>
    public Task SettledAsync(CancellationToken token)
    {
        lock (_lock)
            return _settled.Task.WaitAsync(token);
    }

    /// <summary>Ends the door's work. What is attached and pinned stays so, for the next process of this node.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _table?.Moved -= Follow;
            thread = _thread;
        }

        _wakeups.Call();
        thread?.Join();
        _settled.TrySetCanceled();
        _rounds.Dispose();
        _wakeups.Dispose();
        _left.ForEach(static one => one.Dispose());
        _input.Program?.Dispose();
        _input.Table?.Dispose();
    }

    private static TaskCompletionSource Settled() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called by the thread that writes the table, which must not go on while functions are answered from the old one.</summary>
    private void Follow(ITableMemory memory)
    {
        Use(memory);
        using var patience = new CancellationTokenSource(FollowPatience);
        SettledAsync(patience.Token).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
    }

    /// <summary>
    /// Loads the program for a table; everything moves to it. Without one, functions answer for themselves: an answer from
    /// a table that nobody writes any more would stay wrong for good.
    /// </summary>
    private void Use(ITableMemory? memory)
    {
        var (program, whyNone) = Load(memory);
        var pin = memory is BpfTableMemory table ? new TablePin(table) : null;
        Change(input =>
        {
            foreach (var old in new IDisposable?[] { input.Program, input.Table })
            {
                if (old is not null)
                    _left.Add(old);
            }

            return input with { Serves = true, Program = program, WhyNone = whyNone, Table = pin };
        });
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

    private void Change(Func<DoorInput, DoorInput> change)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _input = change(_input) with { Version = _input.Version + 1 };
            if (_settled.Task.IsCompleted)
                _settled = Settled();
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "override door" };
                _thread.Start();
            }
        }

        _wakeups.Call();
    }

    private void Work()
    {
        while (true)
        {
            DoorInput input;
            IDisposable[] left;
            lock (_lock)
            {
                if (_disposed)
                    return;
                input = _input;
                left = [.. _left];
                _left.Clear();
            }

            var list = Do(input);
            foreach (var old in left)
                old.Dispose();
            if (list is not null)
                Publish(list, input.Version);
            _wakeups.Wait(_rounds.Pause);
        }
    }

    /// <summary>A round that could not even look is repeated: what is attached stays so meanwhile.</summary>
    private Attachment[]? Do(DoorInput input)
    {
        try
        {
            return _rounds.Do(input);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or TableUnusableException)
        {
            return null;
        }
    }

    private void Publish(Attachment[] list, int version)
    {
        bool changed;
        lock (_lock)
        {
            changed = !_list.AsSpan().SequenceEqual(list);
            _list = list;
        }

        if (changed)
            Changed?.Invoke();
        lock (_lock)
        {
            if (version == _input.Version)
                _settled.TrySetResult();
        }
    }
}
