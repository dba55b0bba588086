using Fabric.Raft.Log;
using Fabric.Raft.Observers;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft.Recovery;

/// <summary>Reads the folder of a member that does not run: its snapshot, and all of its log behind that. An observer's will do, too.</summary>
public static class StoppedMember
{
    /// <summary>Reads it without changing anything in it: the log is opened in a copy, since opening it writes.</summary>
    /// <param name="dataDirectory">The member's folder.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no member's folder.</exception>
    /// <exception cref="DataDirectoryInUseException">The member runs.</exception>
    /// <exception cref="LogUnusableException">What is there cannot be trusted.</exception>
    public static async Task<RecoveredState> ReadAsync(string dataDirectory, ILoggerFactory? loggers, CancellationToken token)
    {
        if (!Directory.Exists(Path.Combine(dataDirectory, "snapshots")))
            throw new DirectoryNotFoundException($"{dataDirectory} is not the data folder of a node: it has no snapshots");

        using var held = DataDirectory.Hold(dataDirectory);
        var copy = Directory.CreateTempSubdirectory("fabric-recover-").FullName;
        try
        {
            Copy(held.Log, Path.Combine(copy, "log"));
            Copy(held.Snapshots, Path.Combine(copy, "snapshots"));
            Copy(held.Journal, Path.Combine(copy, "journal"));
            return Directory.Exists(held.Journal)
                ? await ReadObserverAsync(copy, token)
                : await ReadVoterAsync(copy, (loggers ?? NullLoggerFactory.Instance).CreateLogger<RaftConsensus>(), token);
        }
        catch (Exception failed) when (failed is not (LogUnusableException or OperationCanceledException))
        {
            throw new LogUnusableException($"The log in {dataDirectory} cannot be read: {failed.Message}", failed);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static async Task<RecoveredState> ReadVoterAsync(string folder, ILogger logger, CancellationToken token)
    {
        using var copy = DataDirectory.Hold(folder);
        var store = new SnapshotStore(copy.Snapshots, logger);
        var found = store.Load();
        var machine = new FabricStateMachine(found, store, new SnapshotPolicy(int.MaxValue, long.MaxValue, int.MaxValue), null, new EntryFeed(1, 1), static (_, _) => { }, logger);
        await using var log = await DurableLog.OpenAsync(copy.Log, machine, token: token);
        await log.InitializeAsync(token);
        foreach (var bad in found.Bad.Where(bad => log.LastEntryIndex < bad.Index))
            throw new LogUnusableException($"Snapshot {Path.GetFileName(bad.Path)} is damaged ({bad.Because}), and the log does not hold what was in it.");

        var (known, last) = (log.LastCommittedEntryIndex, log.LastEntryIndex);
        if (last > known)
        {
            await log.CommitAsync(last, token);
            await log.WaitForApplyAsync(last, token);
        }

        return new RecoveredState(machine.State, last - known);
    }

    /// <summary>An observer hears of committed entries only.</summary>
    private static async Task<RecoveredState> ReadObserverAsync(string folder, CancellationToken token)
    {
        await using var observer = new ObserverReplica(new ObserverOptions { Name = "recovery", DataDirectory = folder });
        await observer.StartAsync(token);
        using var snapshot = new MemoryStream();
        await observer.WriteSnapshotAsync(snapshot, token);
        return SnapshotFormat.Read(snapshot.ToArray()) is SnapshotRead.Good good
            ? new RecoveredState(good.State, 0)
            : throw new LogUnusableException("The observer had heard of nothing yet.");
    }

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
            return;
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
