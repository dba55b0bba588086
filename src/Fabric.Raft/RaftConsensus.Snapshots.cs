using Fabric.Raft.Log;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;

namespace Fabric.Raft;

/// <summary>What came of a snapshot that was offered before the start.</summary>
public abstract record SnapshotInstall
{
    private SnapshotInstall() { }

    /// <summary>It is in place; the start continues from it.</summary>
    public sealed record Installed(long Index) : SnapshotInstall;

    /// <summary>The local log is near enough, and Raft brings the rest.</summary>
    public sealed record NotNeeded(long LocalIndex, long OfferedIndex) : SnapshotInstall;

    /// <summary>It must not be used; nothing was changed.</summary>
    public sealed record Refused(string Reason) : SnapshotInstall;
}

public sealed partial class RaftConsensus
{
    /// <inheritdoc/>
    public async Task<FabricState?> WriteSnapshotAsync(Stream destination, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Now is not { } running || running.Machine.State is not { Fabric.AppliedIndex: > 0 } state)
            return null;
        await destination.WriteAsync(SnapshotFormat.Write(state), token);
        return state.Fabric;
    }

    /// <inheritdoc/>
    public async Task<string?> RebuildAsync(Stream snapshot, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (Now is not { } running)
            return "this member has not started";
        using var whole = new MemoryStream();
        await snapshot.CopyToAsync(whole, token);
        if (SnapshotFormat.Read(whole.ToArray()) is not SnapshotRead.Good good)
            return "it is damaged";
        await WaitForAppliedAsync(good.State.Fabric.AppliedIndex, token);
        var refused = running.Machine.Rebuild(good.State);
        if (refused is null)
            Logs.Rebuilt(logger, good.State.Fabric.AppliedIndex);
        return refused;
    }

    /// <summary>
    /// Takes a snapshot that another member wrote, before <see cref="StartAsync"/>: checks it, and puts it in place in one
    /// step if it is ahead of the local log by more than <see cref="RaftOptions.EntriesBehindForInstall"/>.
    /// </summary>
    /// <exception cref="DataDirectoryInUseException">Another process uses the data directory.</exception>
    /// <exception cref="InvalidOperationException">This member was started already.</exception>
    public async Task<SnapshotInstall> InstallBeforeStartAsync(Stream source, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (started.Task.IsCompleted)
            throw new InvalidOperationException("A snapshot is put in place before the start, not after it.");

        directory ??= DataDirectory.Hold(options.DataDirectory);
        var store = new SnapshotStore(directory.Snapshots, logger);
        var local = store.Load();
        if (local.Bad.Count > 0)
            return new SnapshotInstall.Refused($"snapshot {local.Bad[0].Path} is damaged, which the start has to judge first");

        var reach = Math.Max(local.State.Fabric.AppliedIndex, LogHead.Read(directory.Log).LastIndex);
        SnapshotInstall? declined = null;
        try
        {
            var taken = await store.ReceiveAsync(source, offered => (declined = WhyNot(local.State, reach, offered)) is null, token);
            if (taken is not { } received)
                return declined!;
            Logs.SnapshotInstalled(logger, received.File.Index);
            return new SnapshotInstall.Installed(received.File.Index);
        }
        catch (InvalidDataException bad)
        {
            return new SnapshotInstall.Refused(bad.Message);
        }
    }

    /// <summary>How far the local log goes, before the start: <see cref="InstallBeforeStartAsync"/> measures by it.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process uses the data directory.</exception>
    public long ReachBeforeStart()
    {
        directory ??= DataDirectory.Hold(options.DataDirectory);
        return Math.Max(new SnapshotStore(directory.Snapshots, logger).Load().State.Fabric.AppliedIndex, LogHead.Read(directory.Log).LastIndex);
    }

    private SnapshotInstall? WhyNot(MachineState local, long reach, MachineState offered)
    {
        var (own, theirs) = (local.Fabric.Identity, offered.Fabric.Identity);
        if (own is not null && own != theirs)
            return new SnapshotInstall.Refused($"it is of fabric {theirs?.Id}, and this member belongs to {own.Id}");
        return offered.Fabric.AppliedIndex - reach <= options.EntriesBehindForInstall
            ? new SnapshotInstall.NotNeeded(reach, offered.Fabric.AppliedIndex)
            : null;
    }
}
