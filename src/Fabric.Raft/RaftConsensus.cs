using System.Collections.Frozen;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Raft.Log;
using Fabric.Raft.Logging;
using Fabric.Raft.Observers;
using Fabric.Raft.Replication;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft;

/// <summary>
/// Consensus by DotNext's Raft over TCP, fenced in where it is not safe by itself; DESIGN.md says where and why. One object
/// is one life of a member: it is started once, and what has failed is replaced by a new process.
/// </summary>
public sealed partial class RaftConsensus : IConsensus
{
    private const string Cure = "Delete this member's data directory and start it again: it fetches everything from the other members. Do that to one member at a time, and only while the other two are up; a fabric of one member needs a copy of its data directory instead.";

    /// <summary>How often the leader looks whether a member is stuck; at the second look it is helped.</summary>
    private static readonly TimeSpan ReviewInterval = TimeSpan.FromMilliseconds(500);

    private readonly RaftOptions options;
    private readonly IAppliedSink? sink;
    private readonly TimeProvider time;
    private readonly Action<string, Exception?> failFast;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<Running> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DataDirectory? directory;
    private Task background = Task.CompletedTask;
    private long lastContact;
    private int failed;
    private int disposed;

    /// <summary>Prepares a member; nothing is opened before <see cref="StartAsync"/>.</summary>
    /// <param name="options">How it takes part.</param>
    /// <param name="sink">Hears of every applied entry.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failFast">Ends the process when the log has failed; given a reason and, where there is one, its cause.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message names every problem.</exception>
    public RaftConsensus(
        RaftOptions options, IAppliedSink? sink = null, ILoggerFactory? loggers = null, TimeProvider? time = null, Action<string, Exception?>? failFast = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowWhenInvalid();
        this.options = options;
        this.sink = sink;
        this.time = time ?? TimeProvider.System;
        this.failFast = failFast ?? Environment.FailFast;
        logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<RaftConsensus>();
        names = options.Members.ToFrozenDictionary(static member => (EndPoint)member.Raft, static member => member.Name);
    }

    /// <summary>What exists from the start on.</summary>
    private sealed record Running(ResigningCluster Cluster, DurableLog Log, FabricStateMachine Machine, FreeSpace Space);

    private Running? Now => started.Task.IsCompletedSuccessfully ? started.Task.Result : null;

    /// <inheritdoc/>
    public FabricState State => Now?.Machine.State.Fabric ?? FabricState.Empty;

    /// <inheritdoc/>
    public EntryFeed Feed { get; } = new();

    /// <inheritdoc/>
    public ConsensusStatus Status
    {
        get
        {
            if (Now is not { } running || disposed != 0)
                return new ConsensusStatus(MemberRole.Stopped, 0, null, 0, State.AppliedIndex, null);

            var (leader, term) = (LeaderOf(running), running.Log.CurrentTerm);
            // A leader that has just heard of a newer term has not stepped down yet, and does not lead in that one.
            if (leader == options.Name && term != running.Log.LedTerm)
                leader = null;
            var role = leader is null ? MemberRole.Candidate : leader == options.Name ? MemberRole.Leader : MemberRole.Follower;
            return new ConsensusStatus(role, term, leader, running.Log.LastCommittedEntryIndex, running.Log.LastAppliedIndex, ContactOf(role));
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken token)
    {
        directory ??= DataDirectory.Hold(options.DataDirectory);
        BeginByVoters(directory);
        var running = await OpenAsync(directory, token);
        running.Cluster.LeaderChanged += OnLeaderChanged;
        started.SetResult(running);
        running.Machine.GoLive();
        if (BeforeVoting is { } wait)
        {
            background = Task.WhenAll(WatchLogAsync(running), VoteLaterAsync(running, wait));
            return;
        }

        await VoteAsync(running, token);
        background = Task.WhenAll(WatchLogAsync(running), TakePartAsync(running));
    }

    /// <inheritdoc/>
    public async Task WaitForAppliedAsync(long index, CancellationToken token)
    {
        var running = await started.Task.WaitAsync(token);
        if (index > running.Machine.State.Fabric.AppliedIndex)
            await running.Log.WaitForApplyAsync(index, token);
    }

    /// <inheritdoc/>
    public async Task<string> WaitForLeaderAsync(CancellationToken token)
    {
        var running = await started.Task.WaitAsync(token);
        while (true)
        {
            var leader = await running.Cluster.WaitForLeaderAsync(Timeout.InfiniteTimeSpan, token);
            if (NameOf(leader) is { } name)
                return name;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;

        await stopping.CancelAsync();
        if (Now is { } running)
        {
            running.Cluster.LeaderChanged -= OnLeaderChanged;
            await running.Cluster.StopAsync(CancellationToken.None);
            await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await running.Cluster.DisposeAsync();
            await running.Log.DisposeAsync();
            await running.Machine.QuiesceAsync();
        }

        directory?.Dispose();
        stopping.Dispose();
    }

    private async Task<Running> OpenAsync(DataDirectory folder, CancellationToken token)
    {
        var store = new SnapshotStore(folder.Snapshots, logger);
        var found = store.Load();
        var policy = new SnapshotPolicy(options.EntriesPerSnapshot, options.BytesPerSnapshot, options.EntriesKeptBehindSnapshot);
        var machine = new FabricStateMachine(found, store, policy, sink, Feed, Fail, logger);
        DurableLog? log = null;
        try
        {
            var space = new FreeSpace(folder.Root, options.MinFreeBytes, time, logger);
            log = await OpenLogAsync(folder, machine, space, token);
            await log.InitializeAsync(token);
            Judge(found, log);
            return new Running(NewCluster(log), log, machine, space);
        }
        catch (Exception failure)
        {
            if (log is not null)
                await log.DisposeAsync();
            if (failure is LogUnusableException or OperationCanceledException)
                throw;
            throw new LogUnusableException($"The log in {folder.Root} cannot be used: {failure.Message} {Cure}", failure);
        }
    }

    private async Task<DurableLog> OpenLogAsync(DataDirectory folder, FabricStateMachine machine, FreeSpace space, CancellationToken token)
    {
        var stock = Environment.GetEnvironmentVariable("FABRIC_UNSAFE_STOCK_LOG") == "1";
        if (stock)
            Logs.UnsafeLog(logger);
        var log = await DurableLog.OpenAsync(folder.Log, machine, stock, token);
        (log.LeaderHeard, log.NoRoom) = (NoteContact, space.WhyNot);
        return log;
    }

    /// <summary>
    /// A snapshot that has rotted is given up only when the log, from the snapshot before it on, holds everything it held.
    /// Otherwise this member would have forgotten what it once acknowledged.
    /// </summary>
    private void Judge(SnapshotsFound found, DurableLog log)
    {
        foreach (var bad in found.Bad)
        {
            if (log.LastEntryIndex < bad.Index)
                throw new LogUnusableException($"Snapshot {bad.Path} is damaged ({bad.Because}), and the log does not hold what was in it. {Cure}");
            File.Delete(bad.Path);
            Logs.DamagedSnapshotDeleted(logger, bad.Path, bad.Because);
        }
    }

    private ResigningCluster NewCluster(DurableLog log)
    {
        var self = options.Members.Single(member => member.Name == options.Name);
        var configuration = new RaftCluster.TcpConfiguration(options.Bind ?? self.Raft)
        {
            PublicEndPoint = self.Raft,
            // Also with one member: a start from its own log is at once a leader, and no other can exist.
            ColdStart = false,
            ConfigurationStorage = null!,
            LowerElectionTimeout = (int)options.LowerElectionTimeout.TotalMilliseconds,
            UpperElectionTimeout = (int)options.UpperElectionTimeout.TotalMilliseconds,
            HeartbeatThreshold = options.HeartbeatInterval / options.LowerElectionTimeout,
            RequestTimeout = options.RequestTimeout,
            ConnectTimeout = options.ConnectTimeout,
            ServerBacklog = 64,
            LoggerFactory = new QuietLoggerFactory(logger, time),
        };
        voters = configuration.ConfigurationStorage;
        Membership.Fix(voters, options.Members);
        return new ResigningCluster(configuration) { AuditTrail = log };
    }

    private string? NameOf(RaftClusterMember? member) => member is null ? null : names.GetValueOrDefault(member.EndPoint);

    private string? LeaderOf(Running running) => NameOf(running.Cluster.Leader);

    private void NoteContact() => Volatile.Write(ref lastContact, time.GetUtcNow().UtcTicks);

    private DateTimeOffset? ContactOf(MemberRole role)
    {
        if (role == MemberRole.Leader)
            NoteContact();
        var ticks = Volatile.Read(ref lastContact);
        return ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <summary>Runs under the library's transition lock, so it only looks and logs.</summary>
    private void OnLeaderChanged(RaftCluster<RaftClusterMember> cluster, RaftClusterMember? leader)
    {
        RaftTelemetry.LeaderChanges.Add(1);
        if (NameOf(leader) is { } name)
            Logs.LeaderIs(logger, name, cluster.Term);
        else
            Logs.NoLeader(logger, cluster.Term);
    }

    /// <summary>Says once that this process must end.</summary>
    private void Fail(string reason, Exception? cause)
    {
        if (disposed != 0 || Interlocked.Exchange(ref failed, 1) != 0)
            return;
        Logs.FailFast(logger, cause, reason);
        failFast(reason, cause);
    }
}
