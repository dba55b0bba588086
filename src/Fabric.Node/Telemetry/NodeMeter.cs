using System.Diagnostics.Metrics;
using Fabric.Node.Alarms;
using Fabric.Node.Fleet;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Telemetry;

/// <summary>What this node is like at the moment it is asked. Nothing here costs anything between two scrapes.</summary>
internal sealed class NodeMeter : IDisposable
{
    private const int Yes = 1;
    private const int No = 0;

    private readonly Meter _meter = new(Instruments.Name);
    private readonly IConsensus _consensus;
    private readonly FleetView _fleet;
    private readonly string _data;

    /// <param name="options">The node's.</param>
    /// <param name="consensus">Its log.</param>
    /// <param name="readiness">Whether it does its job.</param>
    /// <param name="fleet">The hosts that it knows of.</param>
    /// <param name="alarms">What is wrong on this host.</param>
    /// <param name="evaluations">What was asked for on this host.</param>
    /// <param name="tableRevision">What programs see; null while there is no table.</param>
    public NodeMeter(NodeOptions options, IConsensus consensus, Readiness readiness, FleetView fleet, AlarmBoard alarms, EvaluationCounts evaluations, Func<long?> tableRevision)
    {
        (_consensus, _fleet, _data) = (consensus, fleet, Path.GetFullPath(options.DataDirectory));
        _meter.CreateObservableGauge("fabric.ready", () => readiness.WhyNot() is null ? Yes : No, null, "1 when the node does its whole job, else 0.");
        _meter.CreateObservableGauge("fabric.alarms", () => AlarmKinds.All.Select(kind => Of(kind, alarms.Find(kind) is not null)), null, "1 for each kind of alarm that is on, 0 for the others.");
        Raft();
        Flags(tableRevision);
        Disk();
        _meter.CreateObservableGauge("fabric.fleet.hosts", Hosts, "{host}",
            "Hosts that this one has heard of, at first or second hand: whose table has what is applied here, those behind it, and those that are lost.");
        _meter.CreateObservableCounter("fabric.evaluations", evaluations.Measure, "{evaluation}",
            "Questions that programs of this host asked of a flag, and those that the node answered over HTTP, by what was answered.");
        _meter.CreateObservableCounter("fabric.evaluations.unattributed", evaluations.Unattributed, "{evaluation}", "Questions that were counted and for whose flag there was no room.");
    }

    /// <summary>Has counters begin at nought: what comes into being with its first count shows no growth.</summary>
    public static void Begin()
    {
        foreach (var outcome in WriteOutcome.All)
            Instruments.Writes.Add(0, new KeyValuePair<string, object?>(Instruments.Outcome, outcome));
    }

    public void Dispose() => _meter.Dispose();

    private void Raft()
    {
        _meter.CreateObservableGauge("fabric.raft.term", () => _consensus.Status.Term, null, "Raft's term.");
        _meter.CreateObservableGauge("fabric.raft.role", Roles, null, "1 for the role that this node plays, 0 for the others.");
        _meter.CreateObservableGauge("fabric.raft.leader.known", () => _consensus.Status.Leader is null ? No : Yes, null, "1 while a leader is known here, else 0.");
        _meter.CreateObservableGauge("fabric.raft.committed.index", () => _consensus.Status.CommitIndex, null, "Log index up to which entries are known to be committed.");
        _meter.CreateObservableGauge("fabric.raft.applied.index", () => _consensus.State.AppliedIndex, null, "Log index up to which entries are applied here.");
        _meter.CreateObservableGauge("fabric.attachments", () => _consensus.State.Attachments.ById.Count, "{attachment}", "Attachments that the fabric has.");
    }

    private void Flags(Func<long?> tableRevision)
    {
        _meter.CreateObservableGauge("fabric.flags", () => _consensus.State.Flags.Flags.Count, "{flag}", "Flags that the fabric has.");
        _meter.CreateObservableGauge("fabric.flags.limit", () => Known(_consensus.State.Identity?.Capacity), "{flag}", "Flags that the fabric holds at most.");
        _meter.CreateObservableGauge("fabric.flags.definitions.size", () => _consensus.State.Flags.DefinitionBytes, "By", "All definitions together.");
        _meter.CreateObservableGauge("fabric.table.revision", () => Known(tableRevision()), null, "The revision that this host's programs see.");
    }

    private void Disk()
    {
        _meter.CreateObservableGauge("fabric.log.size", () => SizeOf("log") + SizeOf("journal"), "By", "What the log, or an observer's journal, has on disk.");
        _meter.CreateObservableGauge("fabric.snapshot.size", () => SizeOf("snapshots"), "By", "What the snapshots have on disk.");
        _meter.CreateObservableGauge("fabric.disk.free", () => new DriveInfo(_data).AvailableFreeSpace, "By", "What is free where the data folder is.");
    }

    private IEnumerable<Measurement<int>> Roles()
    {
        var role = _consensus.Status.Role;
        return Enum.GetValues<MemberRole>().Select(one => new Measurement<int>(
            one == role ? Yes : No, new KeyValuePair<string, object?>("fabric.raft.role", one.ToString().ToLowerInvariant())));
    }

    private IEnumerable<Measurement<int>> Hosts()
    {
        var applied = _consensus.State.AppliedIndex;
        var hosts = _fleet.All();
        var lost = hosts.Count(static host => !host.Connected);
        var behind = hosts.Count(host => host.Connected && host.Table < applied);
        yield return Host("current", hosts.Length - lost - behind);
        yield return Host("behind", behind);
        yield return Host("lost", lost);

        static Measurement<int> Host(string state, int count) => new(count, new KeyValuePair<string, object?>("fabric.host.state", state));
    }

    private static Measurement<int> Of(string kind, bool on) => new(on ? Yes : No, new KeyValuePair<string, object?>("fabric.alarm.kind", kind));

    private static IEnumerable<Measurement<long>> Known(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    /// <summary>Files come and go meanwhile; one that has just gone has no bytes.</summary>
    private long SizeOf(string folder)
    {
        var root = new DirectoryInfo(Path.Combine(_data, folder));
        var sum = 0L;
        foreach (var file in root.Exists ? root.EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            if (File.Exists(file.FullName))
                sum += file.Length;
        }

        return sum;
    }
}
