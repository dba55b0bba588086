using System.Buffers;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Log;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft.Observers;

/// <summary>What came of entries that were offered.</summary>
public enum FeedOutcome
{
    /// <summary>They are on the disk and applied.</summary>
    Applied,

    /// <summary>They do not follow what is applied here; nothing was changed.</summary>
    Gap,

    /// <summary>They lead to another digest than whoever sent them has; nothing was changed.</summary>
    Diverged,
}

/// <summary>
/// The log as a host sees it that follows without voting: an exact prefix, kept on its own disk, which grows by what
/// whoever feeds it sends. It takes no part in elections and never counts for a majority. One caller at a time feeds it; any
/// thread may read.
/// </summary>
public sealed class ObserverReplica : IConsensus
{
    private readonly ObserverOptions options;
    private readonly IAppliedSink? sink;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Waiters applied = new();
    private readonly TaskCompletionSource<string> leaderKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set at the start.
    private DataDirectory? directory;
    private SnapshotStore store = null!;
    private ObserverJournal journal = null!;

    // One writer, whoever feeds; many readers.
    private MachineState state = MachineState.Empty;
    private volatile FabricPulse pulse = new(0, null, 0, false);
    private long lastContact;
    private volatile bool live;

    // Only touched by whoever feeds.
    private long snapshotDue;
    private Task snapshotting = Task.CompletedTask;

    /// <summary>Prepares an observer; nothing is opened before <see cref="StartAsync"/>.</summary>
    public ObserverReplica(ObserverOptions options, IAppliedSink? sink = null, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.sink = sink;
        this.time = time ?? TimeProvider.System;
        logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<ObserverReplica>();
        Feed = new EntryFeed(options.EntriesFed, options.BytesFed);
    }

    /// <inheritdoc/>
    public FabricState State => Volatile.Read(ref state).Fabric;

    /// <inheritdoc/>
    public EntryFeed Feed { get; }

    /// <inheritdoc/>
    public ConsensusStatus Status
    {
        get
        {
            var (now, index) = (pulse, State.AppliedIndex);
            var ticks = Volatile.Read(ref lastContact);
            return new ConsensusStatus(
                live ? MemberRole.Observer : MemberRole.Stopped, now.Term, now.Leader, Math.Max(now.CommitIndex, index), index,
                ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero));
        }
    }

    /// <summary>Reads what is on the disk. Needs no network: what was heard last is what is answered.</summary>
    /// <exception cref="LogUnusableException">What is there cannot be used.</exception>
    /// <exception cref="DataDirectoryInUseException">Another process uses the folder.</exception>
    public Task StartAsync(CancellationToken token)
    {
        directory = DataDirectory.Hold(options.DataDirectory);
        RecordedMembers.RefuseVoter(directory);
        store = new SnapshotStore(directory.Snapshots, logger);
        var found = store.Load();
        // What a damaged snapshot held is fetched again: an observer has promised nothing to anybody.
        foreach (var bad in found.Bad)
            File.Delete(bad.Path);
        state = found.State;
        Feed.BeginAnew(Position(state));
        sink?.Begins(State);
        journal = new ObserverJournal(directory.Journal);
        journal.Open(state.Fabric.AppliedIndex, Replay);
        snapshotDue = State.AppliedIndex + options.EntriesPerSnapshot;
        live = true;
        applied.Reach(State.AppliedIndex);
        sink?.Replaced(State);
        Logs.Observes(logger, options.Name, State.AppliedIndex, State.Digest);
        return Task.CompletedTask;
    }

    /// <summary>Takes entries that follow. Returns when they are on the disk and applied.</summary>
    /// <exception cref="LogUnusableException">An entry cannot be understood; a newer build may have written it.</exception>
    /// <exception cref="IOException">The disk does not take them; nothing was applied, and they may be offered again.</exception>
    public FeedOutcome Append(IReadOnlyList<FeedEntry> entries)
    {
        var steps = new List<Application>(entries.Count);
        var next = state;
        foreach (var entry in entries)
        {
            if (entry.Previous != next.Fabric.AppliedIndex || entry.Index <= entry.Previous)
                return FeedOutcome.Gap;
            var step = Apply(next, entry);
            if (step.Next.Fabric.Digest != entry.Digest)
                return FeedOutcome.Diverged;
            steps.Add(step);
            next = step.Next;
        }

        journal.Append(entries);
        for (var i = 0; i < steps.Count; i++)
            Show(steps[i], entries[i]);
        TakeSnapshotWhenDue();
        return FeedOutcome.Applied;
    }

    /// <summary>
    /// Replaces everything by a snapshot, which is checked first. It may be of an earlier index only where
    /// <paramref name="evenBack"/> says that what is here has diverged.
    /// </summary>
    /// <returns>Null when it is in place; otherwise why it was not taken, and nothing was changed.</returns>
    public async Task<string?> InstallAsync(Stream snapshot, bool evenBack, CancellationToken token)
    {
        await snapshotting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string? why = null;
        try
        {
            var taken = await store.ReceiveAsync(snapshot, offered => (why = WhyNot(offered, evenBack)) is null, token);
            if (taken is not { } received)
                return why;
            Replace(received.State);
            return null;
        }
        catch (InvalidDataException bad)
        {
            return bad.Message;
        }
    }

    /// <summary>Notes how the fabric is.</summary>
    public void Hear(FabricPulse heard)
    {
        pulse = heard;
        if (heard.Contact)
            Volatile.Write(ref lastContact, time.GetUtcNow().UtcTicks);
        if (heard.Leader is { } leader)
            leaderKnown.TrySetResult(leader);
    }

    /// <summary>Notes that nobody feeds this host any more: who leads is then unknown.</summary>
    public void Lose() => pulse = pulse with { Leader = null, Contact = false };

    /// <summary>An observer never leads.</summary>
    public Task<Proposal> ProposeAsync(ChangeSet changes, CancellationToken token) => Task.FromResult<Proposal>(new Proposal.NotLeader(pulse.Leader));

    /// <summary>An observer cannot confirm anything by itself.</summary>
    public Task<long?> ReadIndexAsync(CancellationToken token) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public Task WaitForAppliedAsync(long index, CancellationToken token) => applied.WaitAsync(index, token);

    /// <inheritdoc/>
    public Task<string> WaitForLeaderAsync(CancellationToken token) => leaderKnown.Task.WaitAsync(token);

    /// <inheritdoc/>
    public async Task<FabricState?> WriteSnapshotAsync(Stream destination, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Volatile.Read(ref state) is not { Fabric.AppliedIndex: > 0 } taken)
            return null;
        await destination.WriteAsync(SnapshotFormat.Write(taken), token);
        return taken.Fabric;
    }

    /// <summary>
    /// Writes what is applied as a snapshot, from which a voter can begin. Nobody may feed this host any more. Returns when it
    /// is on the disk.
    /// </summary>
    public async Task SealAsync()
    {
        await snapshotting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (State.AppliedIndex > 0)
            store.Write(state);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        live = false;
        await snapshotting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        journal?.Dispose();
        directory?.Dispose();
    }

    private bool Replay(FeedEntry entry)
    {
        if (entry.Index <= State.AppliedIndex)
            return true;
        if (entry.Previous != State.AppliedIndex)
            return false;
        var step = Apply(state, entry);
        if (step.Next.Fabric.Digest != entry.Digest)
            return false;
        Show(step, entry);
        return true;
    }

    private static Application Apply(MachineState before, FeedEntry entry)
    {
        var bytes = new ReadOnlySequence<byte>(entry.Bytes);
        return CommandCodec.Decode(bytes) switch
        {
            Decoded.Entry decoded => Applier.Apply(before, entry.Index, entry.Term, decoded.Command, bytes),
            Decoded.Undecodable bad => throw new LogUnusableException($"Entry {entry.Index} cannot be decoded: {bad.Because}. A newer build may have written it, so run that build here."),
            _ => throw new LogUnusableException($"Entry {entry.Index} cannot be decoded."),
        };
    }

    private void Show(Application step, FeedEntry entry)
    {
        Volatile.Write(ref state, step.Next);
        Feed.Append(step.Next.Fabric.Identity?.Id, entry);
        if (!live)
        {
            sink?.Replaying(step.Next.Fabric, step.Changed);
            return;
        }

        sink?.Applied(step.Next.Fabric, step.Changed);
        applied.Reach(entry.Index);
    }

    private string? WhyNot(MachineState offered, bool evenBack)
    {
        if (State.Identity is { } own && own != offered.Fabric.Identity)
            return $"it is of fabric {offered.Fabric.Identity?.Id}, and this host belongs to {own.Id}; delete its data folder to make it join another fabric";
        return !evenBack && offered.Fabric.AppliedIndex <= State.AppliedIndex
            ? $"it holds index {offered.Fabric.AppliedIndex}, and this host is at {State.AppliedIndex} already"
            : null;
    }

    private void Replace(MachineState received)
    {
        Volatile.Write(ref state, received);
        journal.BeginAt(received.Fabric.AppliedIndex);
        // Also what is of a later index: it would be believed at the next start.
        store.DeleteOthers(received.Fabric.AppliedIndex);
        journal.DeleteOthers();
        snapshotDue = received.Fabric.AppliedIndex + options.EntriesPerSnapshot;
        Feed.BeginAnew(Position(received));
        Logs.SnapshotInstalled(logger, received.Fabric.AppliedIndex);
        sink?.Replaced(received.Fabric);
        applied.Reach(received.Fabric.AppliedIndex);
    }

    /// <summary>What follows goes to a new file at once; the older ones are deleted when the snapshot is on the disk.</summary>
    private void TakeSnapshotWhenDue()
    {
        if (!snapshotting.IsCompleted || (State.AppliedIndex < snapshotDue && journal.Length < options.BytesPerSnapshot))
            return;
        var taken = state;
        var index = taken.Fabric.AppliedIndex;
        snapshotDue = index + options.EntriesPerSnapshot;
        journal.BeginAt(index);
        snapshotting = Task.Run(() =>
        {
            try
            {
                store.Write(taken);
                Clear(index);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // The journals still hold everything.
                Logs.SnapshotNotWritten(logger, failed);
            }
        });
    }

    private void Clear(long index)
    {
        store.DeleteBefore(index);
        journal.DeleteBefore(index);
    }

    private static FeedPosition Position(MachineState of) => new(of.Fabric.Identity?.Id, of.Fabric.AppliedIndex, of.Fabric.Digest);
}
