using Fabric.Flags.Compilation;
using Fabric.Node.Api;
using Fabric.Node.Api.Attachments;
using Fabric.Node.Api.Backup;
using Fabric.Node.Api.Changes;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Api.Events;
using Fabric.Node.Api.Explain;
using Fabric.Node.Api.Flags;
using Fabric.Node.Api.Health;
using Fabric.Node.Api.History;
using Fabric.Node.Api.Import;
using Fabric.Node.Api.NodeStatus;
using Fabric.Node.Api.Usage;
using Fabric.Node.Attachments;
using Fabric.Node.Evaluation;
using Fabric.Node.Feeding;
using Fabric.Node.Fleet;
using Fabric.Node.Forwarding;
using Fabric.Node.Membership;
using Fabric.Node.Ofrep;
using Fabric.Node.Options;
using Fabric.Node.Page;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Tables;
using Fabric.Node.Telemetry;
using Fabric.Node.Usage;
using Fabric.Node.Writes;
using Fabric.Raft;
using Fabric.Raft.Log;
using Fabric.Raft.Observers;

namespace Fabric.Node.Hosting;

/// <summary>One running node: its log, its table and its API, put together here and nowhere else.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly NodeParts _parts;
    private readonly HttpClient _http;
    private readonly WebApplication _app;
    private readonly ILogger _logger;
    private readonly TableLoop _table;
    private readonly AttachmentLoop _attachments;
    private readonly ChangeFeed _changes;
    private readonly EventRing _events;
    private readonly RuleEngines _engines;
    private readonly IConsensus _consensus;
    private readonly CommitSpreader _spreader;
    private readonly ContactStamp _stamp;
    private readonly UsageLoop _usage;
    private readonly Readiness _readiness;
    private readonly Leaving _leaving;
    private readonly Watches _watches;
    private readonly KnownVoters _voters;
    private readonly FeedLink _link = new();
    private readonly FleetView _fleet;
    private readonly RevisionTimes _times;
    private readonly SnapshotShelf _snapshots;
    private readonly HostWriter _hosts;
    private readonly Standing _standing;
    private readonly LocalProposer _local;
    private readonly LostVote _lost;
    private readonly Succession _succession;
    private readonly Guid _identity;
    private Upstream? _upstream;
    private Candidacy? _candidacy;
    private VoterDuties? _duties;
    private int _disposed;

    private NodeHost(NodeOptions options, NodeParts parts, IReadOnlyList<NodeMember> members, Guid identity)
    {
        _identity = identity;
        _options = options;
        _parts = parts;
        _http = NodesHttp.MakeClient();
        _app = WebServer.Build(options, parts);
        var loggers = _app.Services.GetRequiredService<ILoggerFactory>();
        _logger = loggers.CreateLogger("Fabric.Node");
        _table = new TableLoop(parts.OpenTable, parts.Time, _logger);
        _attachments = new AttachmentLoop(parts.Door, _table, parts.Time, _logger);
        _changes = new ChangeFeed(parts.Time);
        _events = new EventRing(options.Limits.EventsKept, options.Limits.EventsKeptBytes);
        _engines = new RuleEngines(new HostFacts(options.Name, options.Labels), parts.Time);
        var variants = new VariantNames();
        _voters = new KnownVoters(members);
        _fleet = new FleetView(options.Name, identity, parts.Time);
        _times = new RevisionTimes(parts.Time);
        var way = new WayToTable(parts.Time);
        var sinks = new AppliedSinks(_times, way, variants, _table, _attachments, _changes, _events);
        _consensus = Participation.Open(options, parts, members, sinks, loggers);
        _snapshots = new SnapshotShelf(_consensus, parts.Time);
        _spreader = new CommitSpreader(_consensus);
        _watches = new Watches(options, _voters, _consensus, _table, _http, parts.Time, _logger);
        _local = new LocalProposer(_consensus, _spreader, _watches.Room, way, parts.Time);
        _hosts = new HostWriter(_consensus, _local, _voters, _http, options, parts.Time);
        _standing = new Standing(_consensus, identity, _voters, options, _http, parts.Time);
        _succession = new Succession(_consensus, _hosts, _standing, _voters, parts.Time);
        _lost = new LostVote(_standing, _consensus, options, parts.Time, _logger);
        _stamp = new ContactStamp(_consensus, _table, parts.Time);
        _usage = new UsageLoop(_table, _consensus, variants, options.DataDirectory, parts.Time, _logger);
        _readiness = new Readiness(_consensus, _table, _link, options.Limits);
        _leaving = new Leaving(_readiness, _consensus, members.Count == 1, parts.Time, _logger);
        _table.Shown += way.Shown;
        _table.Shown += revision => _fleet.Report(Self.GetLeftPart(UriPartial.Authority), _consensus.State.AppliedIndex, revision);
        Map();
        Exporting.Map(_app, new NodeMeter(options, _consensus, _readiness, _fleet, _watches.Alarms, new EvaluationCounts(_usage.LastView), () => way.LastShown));
    }

    /// <summary>The base address under which others reach this node's API.</summary>
    private Uri Self => _options.Advertise ?? Addresses[0];

    /// <summary>Where the API listens, with the ports that were chosen for it.</summary>
    public IReadOnlyList<Uri> Addresses => WebServer.AddressesOf(_app);

    /// <summary>Everything that the API serves.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Why the node does not do its whole job right now; null when it does.</summary>
    public string? NotReady => _readiness.WhyNot();

    /// <summary>Starts the API, then replays the log and takes part. Returns before there is a leader.</summary>
    /// <exception cref="StartFailedException">Its operator can cure it.</exception>
    /// <exception cref="LogUnusableException">The log on disk cannot be trusted.</exception>
    public static async Task<NodeHost> StartAsync(NodeOptions options, NodeParts parts, CancellationToken token)
    {
        if (options.Problems().ToArray() is { Length: > 0 } problems)
            throw new StartFailedException(string.Join(Environment.NewLine, problems.AsEnumerable()));
        options = Participation.AsSeated(options);
        var host = new NodeHost(options, parts, Participation.MembersOf(options), Participation.IdentityOf(options));
        try
        {
            await host.StartAsync(token);
            return host;
        }
        catch (Exception failed)
        {
            await host.DisposeAsync();
            if (failed is DataDirectoryInUseException or UnauthorizedAccessException)
                throw new StartFailedException($"--data {options.DataDirectory}: {failed.Message}", failed);
            throw;
        }
    }

    /// <summary>Waits until the node is ready: its log replayed, its table written, a leader known.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken token)
    {
        var step = TimeSpan.FromMilliseconds(5);
        var patience = _parts.Time.GetUtcNow() + TimeSpan.FromSeconds(10);
        while (_readiness.WhyNot() is { } reason)
        {
            if (_parts.Time.GetUtcNow() > patience)
            {
                Log.Waiting(_logger, reason);
                patience += TimeSpan.FromMinutes(1);
            }

            await Task.Delay(step, _parts.Time, token);
        }
    }

    /// <summary>What running programs see on this host; the path is null until the table is open.</summary>
    public async Task<string?> TablePathAsync(CancellationToken token) => (await _table.ViewAsync(token))?.Path;

    /// <summary>
    /// Prepares the end while the node still answers: it is not ready any more, another node leads, and clients are told to
    /// connect elsewhere.
    /// </summary>
    /// <param name="hurry">Cuts every wait short; nothing is lost by it.</param>
    public Task LeaveAsync(CancellationToken hurry) => _leaving.RunAsync(hurry);

    /// <summary>Stops in the order that loses nothing: no longer ready, requests in flight finish, then the log and the table close.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Log.Stopping(_logger, _options.Name);
        _readiness.Stop();
        await _app.StopAsync(CancellationToken.None);
        if (_duties is not null)
            await _duties.DisposeAsync();
        await _lost.DisposeAsync();
        if (_candidacy is not null)
            await _candidacy.DisposeAsync();
        if (_upstream is not null)
            await _upstream.DisposeAsync();
        await _watches.DisposeAsync();
        await _spreader.DisposeAsync();
        await _stamp.DisposeAsync();
        await _usage.DisposeAsync();
        await _consensus.DisposeAsync();
        await _changes.DisposeAsync();
        await _attachments.DisposeAsync();
        await _table.DisposeAsync();
        _engines.Dispose();
        _parts.Door.Dispose();
        await _app.DisposeAsync();
        _snapshots.Dispose();
        _http.Dispose();
    }

    private async Task StartAsync(CancellationToken token)
    {
        await WebServer.StartAsync(_app, token);
        _table.Start();
        _attachments.Start();
        _changes.Start();
        var catchUp = new CatchUp(_options, _voters, _http, _parts.Time, _logger);
        if (_consensus is RaftConsensus raft && _options.Members.Count > 1)
        {
            raft.VotersChanged = _voters.Learn;
            await RefuseReplacedFolderAsync(raft, token);
            await catchUp.RunAsync(raft, token);
        }

        await _consensus.StartAsync(token);
        if (_consensus is ObserverReplica replica)
            (_upstream = Follow(replica, _options)).Start();
        if (_consensus is WaitingVoter waiting)
        {
            waiting.VotersChanged = _voters.Learn;
            var others = _options.Join.Count > 0 ? _options
                : _options with { Join = [.. _options.Members.Where(member => member.Name != _options.Name).Select(static member => member.Http)] };
            _candidacy = new Candidacy(waiting, _standing, catchUp, () => Follow(waiting.Replica, others), _options, _link, _parts.Time, _logger);
            _candidacy.Start();
        }

        if (_consensus is RaftConsensus or WaitingVoter)
            (_duties = new VoterDuties(_consensus, _fleet, _hosts, _standing, _succession, _lost, _voters, _options, _parts.Time, _logger)).Start();

        if (_options.Members.Count != 1)
            _spreader.Start();
        _stamp.Start();
        _usage.Start();
        _watches.Start();
        _readiness.Start();
    }

    private Upstream Follow(ObserverReplica replica, NodeOptions options) =>
        new(replica, options, Self, _http, _voters, _link, _fleet, _watches.State, _parts.Time, new Random(), _logger);

    /// <summary>A folder whose vote was given to another must not vote again: the other has promised what this one does not know.</summary>
    private async Task RefuseReplacedFolderAsync(RaftConsensus raft, CancellationToken token)
    {
        var (denied, heard) = await _standing.HearAsync(once: true, token);
        if (!heard)
            raft.BeforeVoting = _lost.HearAsync;
        if (denied is { } other)
            throw new StartFailedException(
                $"--data {_options.DataDirectory}: {other} says that this data folder's vote was given to another one. Start this node with that one, or delete this one first.");
    }

    private void Map()
    {
        var (time, limits) = (_parts.Time, _options.Limits);
        var gate = new WriteGate(limits.WritesInFlight);
        var leaders = new LeaderClient(_voters, _http, _options.ForwardTimeout, _consensus, time);
        var reads = new ReadFence(_consensus, leaders, _options, time);
        var writes = new WriteCoordinator(_consensus, _local, leaders, gate, _options, time, _logger);
        var desk = new WriteDesk(writes, new OperationLedger(limits.RememberedOperations), gate, _options.Name);
        var node = new NodeApi(_options, _consensus, _table, _readiness, _parts, _identity, () => _candidacy?.Why ?? _lost.Why, _watches.Alarms);

        _app.Use(next => http => _leaving.InvokeAsync(http, next));
        var problems = new ProblemMiddleware(_logger);
        _app.Use(next => http => problems.InvokeAsync(http, next));
        var cors = new OfrepCors(_options.OfrepOrigins);
        _app.Use(next => http => cors.InvokeAsync(http, next));
        var origins = new PageOrigins(_consensus, _voters, _options.Advertise);
        var guard = new PageGuard(origins);
        _app.Use(next => http => guard.InvokeAsync(http, next));
        _app.UseRouting();
        _app.UseWebSockets();
        var started = new UntilStarted(_readiness);
        _app.Use(next => http => started.InvokeAsync(http, next));
        var reach = new FleetReach(_fleet);
        var fleet = new FleetWait(_options, _consensus, _voters, reach, new FleetClient(_http, _consensus, time), _times, time);
        var writing = _app.MapGroup("").AddEndpointFilter(new FleetFilter(fleet));
        new FlagsApi(reads, desk, new FlagEdits(_consensus, reads, desk), limits).Map(writing);
        new ChangesApi(desk, limits).Map(writing);
        new RollbackApi(reads, desk, limits).Map(writing);
        new HistoryApi(reads).Map(_app);
        new ChangeEventsApi(_events, reads, _options, time, _app.Lifetime.ApplicationStopping).Map(_app);
        new BackupApi(_consensus, reads).Map(_app);
        new ImportApi(reads, desk, _options).Map(writing);
        new ExportApi(reads).Map(_app);
        var evaluation = new FlagEvaluation(_consensus, _table, new HttpOnlyEvaluation(_consensus, () => _table.Builds, _engines, time), time);
        new OfrepApi(evaluation, _usage, reads, limits).Map(_app);
        var explaining = new FlagExplaining(_consensus, _table, evaluation, new HostFacts(_options.Name, _options.Labels), time);
        new ExplainApi(explaining, limits).Map(_app);
        new EventsApi(_changes, limits, time, _app.Lifetime.ApplicationStopping).Map(_app);
        var peers = new MemberClient(_http, _options.PeerTimeout, time);
        var host = new HostAttachments(_options.Name, _parts.Door, _attachments, time);
        var hosts = new FleetAttachments(_options.Name, host, peers, fleet, _voters);
        new AttachmentsApi(reads, new AttachmentWrites(reads, desk, host), host, hosts, limits).Map(writing);
        node.Map(_app);
        _watches.Map(_app);
        new UsageApi(_usage, _consensus, peers, fleet, _options, _voters, time).Map(_app);
        new ClusterApi(node, peers, fleet, _consensus, _options, _voters, _logger).Map(_app);
        new HealthApi(_readiness).Map(_app);
        var nodesOnly = new NodesOnly(_voters, _consensus);
        new InternalApi(_consensus, _local, new WriteGate(limits.WritesInFlight), nodesOnly, _snapshots, _options, time).Map(_app);
        new HostsApi(_consensus, _hosts, _succession).Map(_app);
        new LeadershipApi(_consensus, _standing, _voters, nodesOnly, _http, _options, time).Map(_app);
        new HostChangesApi(_local, nodesOnly, _options, time).Map(_app);
        _standing.Map(_app);
        var stopping = _app.Lifetime.ApplicationStopping;
        new FeedApi(_consensus, new FeedService(_options, _consensus, _voters, _link, _fleet, time, new Random()), _fleet, time, _logger, stopping).Map(_app);
        new FleetApi(reach, nodesOnly, time).Map(_app);
        new PageApi(origins).Map(_app);
        _app.MapOpenApi("/openapi/{documentName}.json");
    }
}
