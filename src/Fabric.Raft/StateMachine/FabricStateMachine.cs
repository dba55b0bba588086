using System.Buffers;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Raft.Commands;
using Fabric.Raft.Log;
using Fabric.Raft.Observers;
using Fabric.Raft.Snapshots;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.StateMachine;

/// <summary>
/// Applies committed entries, one after the other, and keeps snapshots. The library's SimpleStateMachine is not used: it
/// gives a snapshot its name even when the transfer broke off, and relies on a flush that reports success on failure.
/// </summary>
internal sealed partial class FabricStateMachine
{
    private readonly SnapshotPolicy policy;
    private readonly SnapshotStore store;
    private readonly IAppliedSink? sink;
    private readonly EntryFeed feed;
    private readonly Action<string, Exception?> failFast;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource formed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One writer (whoever the log lets apply), many readers.
    private MachineState state;
    private SnapshotFile? snapshot;

    // Held while an entry is applied, and while the state is made anew.
    private readonly Lock applying = new();

    // Only touched by the one that has it.
    private Task<SnapshotFile>? writing;
    private long snapshotDue;
    private long bytesSinceSnapshot;

    // False while the log is replayed. Until the start has judged the files on disk, none is written that could take a damaged one's name.
    private volatile bool live;

    public FabricStateMachine(
        SnapshotsFound found, SnapshotStore store, SnapshotPolicy policy, IAppliedSink? sink, EntryFeed feed, Action<string, Exception?> failFast, ILogger logger)
    {
        (this.store, this.policy, this.sink, this.feed, this.failFast, this.logger) = (store, policy, sink, feed, failFast, logger);
        (state, snapshot) = (found.State, found.File);
        feed.BeginAnew(PositionOf(state));
        snapshotDue = state.Fabric.AppliedIndex + policy.Entries;
        NoteIdentity();
        Tell(() => sink!.Begins(state.Fabric));
    }

    public MachineState State => Volatile.Read(ref state);

    public PendingOperations Pending { get; } = new();

    /// <summary>Completes when the fabric has an identity.</summary>
    public Task Formed => formed.Task;

    /// <summary>The newest snapshot that the log may rely on.</summary>
    public SnapshotFile? Snapshot => Volatile.Read(ref snapshot);

    /// <summary>Ends the replay: from here on the sink hears everything, beginning with the whole state.</summary>
    public void GoLive()
    {
        lock (gate)
        {
            live = true;
            Tell(() => sink!.Replaced(state.Fabric));
        }
    }

    /// <summary>Applies the entry that follows the last one, if it says something. One caller at a time.</summary>
    public void Apply(StoredEntry entry)
    {
        if (entry.Index <= State.Fabric.AppliedIndex || entry.Bytes.IsEmpty)
            return;

#if FABRIC_PLANTS
        if (!live && Fabric.Flags.Plant.Is("skipped-at-start") && entry.Index % 3 == 0)
            return;
#endif
        lock (applying)
        {
            PublishSnapshotWhenRipe(entry.Index);
            Change(entry);
            BeginSnapshotWhenDue();
        }
    }

    /// <summary>Deletes snapshots older than one that the log relies on.</summary>
    public void DropSnapshotsBefore(long index) => store.DeleteBefore(index);

    /// <summary>Waits for a snapshot that is being written, if any.</summary>
    public async ValueTask QuiesceAsync()
    {
        if (writing is Task task)
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

#if FABRIC_PLANTS
    /// <summary>Lets the table show what is not committed.</summary>
    public void ShowAtOnce(long index, byte[] bytes)
    {
        if (CommandCodec.Decode(new ReadOnlySequence<byte>(bytes)) is Decoded.Entry { Command: Command.Change change })
            Tell(() => sink!.Applied(State.Fabric.Apply(index, change.Changes).Next with { AppliedIndex = index }, [.. change.Changes.Changes.Select(static one => one.Key)]));
    }

#endif
    private void Change(StoredEntry entry)
    {
        var bytes = new ReadOnlySequence<byte>(entry.Bytes);
        var command = CommandCodec.Decode(bytes) switch
        {
            Decoded.Entry decoded => decoded.Command,
            Decoded.Undecodable undecodable => throw Stop($"Entry {entry.Index} cannot be decoded: {undecodable.Because}."),
            _ => throw Stop($"Entry {entry.Index} cannot be decoded."),
        };

        var before = State.Fabric.AppliedIndex;
        var application = Applier.Apply(State, entry.Index, entry.Term, command, bytes);
#if FABRIC_PLANTS
        if (!live && Fabric.Flags.Plant.Is("applied-twice-at-start"))
            application = Applier.Apply(application.Next, entry.Index, entry.Term, command, bytes);
#endif
        bytesSinceSnapshot += bytes.Length;
        lock (gate)
        {
            Volatile.Write(ref state, application.Next);
            if (live)
                Tell(() => sink!.Applied(application.Next.Fabric, application.Changed));
            else
                Tell(() => sink!.Replaying(application.Next.Fabric, application.Changed));
        }

        var after = application.Next.Fabric;
        feed.Append(after.Identity?.Id, new FeedEntry(before, entry.Index, entry.Term, after.Digest, entry.Bytes));
        NoteIdentity();
        if (application.Operation is { } operation)
            Pending.Decide(operation);
    }

    /// <summary>A committed entry that cannot be applied is never skipped: the process stops, or the start fails.</summary>
    private LogUnusableException Stop(string reason)
    {
        var unusable = new LogUnusableException(
            $"{reason} Either a newer build wrote it, so run that build here; or the disk is damaged, so delete this member's data directory and let it fetch everything from the others.");
        if (live)
            failFast(unusable.Message, unusable);
        return unusable;
    }

    private void Tell(Action what)
    {
        if (sink is null)
            return;
        try
        {
            what();
        }
        catch (Exception failed)
        {
            // The state is right and is what counts; the log must not fail for good because a listener did.
            Logs.SinkFailed(logger, failed, state.Fabric.AppliedIndex);
        }
    }

    private static FeedPosition PositionOf(MachineState state) => new(state.Fabric.Identity?.Id, state.Fabric.AppliedIndex, state.Fabric.Digest);

    private void NoteIdentity()
    {
        if (state.Fabric.Identity is { } identity && formed.TrySetResult())
            Logs.Formed(logger, identity.Id, identity.Capacity);
    }

    /// <summary>Takes another member's state over. One caller at a time, and none that applies meanwhile.</summary>
    /// <param name="incoming">The snapshot.</param>
    /// <param name="index">Its index, which is ahead of what was applied.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="InvalidDataException">It is damaged; nothing was replaced.</exception>
    public async ValueTask<SnapshotFile> InstallAsync(IRaftLogEntry incoming, long index, CancellationToken token)
    {
        if (index <= State.Fabric.AppliedIndex)
            throw new InvalidOperationException($"A snapshot at {index} is not ahead of {State.Fabric.AppliedIndex}, which is applied.");

        await QuiesceAsync();
        var (file, received) = await store.ReceiveAsync(incoming, token);
        lock (applying)
            Install(file, received);

        Logs.SnapshotInstalled(logger, file.Index);
        NoteIdentity();
        foreach (var operation in received.Ledger.Operations)
            Pending.Decide(operation);
        return file;
    }

    private void Install(SnapshotFile file, MachineState received)
    {
        writing = null;
        lock (gate)
        {
            Volatile.Write(ref state, received);
            Volatile.Write(ref snapshot, file);
            if (live)
                Tell(() => sink!.Replaced(received.Fabric));
        }

        feed.BeginAnew(PositionOf(received));
        snapshotDue = file.Index + policy.Entries;
        bytesSinceSnapshot = 0;
    }

    private void BeginSnapshotWhenDue()
    {
        if (!live || writing is not null || (State.Fabric.AppliedIndex < snapshotDue && bytesSinceSnapshot < policy.Bytes))
            return;

        var taken = State;
        snapshotDue = taken.Fabric.AppliedIndex + policy.Entries;
        bytesSinceSnapshot = 0;
        writing = Task.Run(() => store.Write(taken));
    }

    /// <summary>
    /// Shows a written snapshot to the log, which then drops the entries before it. That waits until the log has gone on for
    /// a while: a follower that is a little behind gets the entries it lacks, not everything there is.
    /// </summary>
    private void PublishSnapshotWhenRipe(long index)
    {
        if (writing is not { IsCompleted: true } task)
            return;
        if (task.IsFaulted)
        {
            // The log still holds everything, so the member goes on with a longer log and tries again when the next is due.
            writing = null;
            Logs.SnapshotNotWritten(logger, task.Exception.InnerException);
            return;
        }

        var written = task.Result;
        if (index < written.Index + (rebuilt ? 0 : policy.EntriesKept))
            return;
        (writing, rebuilt) = (null, false);
        Volatile.Write(ref snapshot, written);
        Logs.SnapshotWritten(logger, written.Path);
    }
}
