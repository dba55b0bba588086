using Fabric.Node.Feeding;
using Fabric.Node.Options;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>Whether this node does its whole job right now.</summary>
internal sealed class Readiness(IConsensus consensus, TableLoop table, FeedLink link, NodeLimits limits)
{
    // One writer, the host; many readers.
    private volatile bool _started;
    private volatile bool _stopping;

    /// <summary>The log was replayed, so that the API may be asked for flags.</summary>
    public bool Started => _started;

    public void Start() => _started = true;

    public void Stop() => _stopping = true;

    /// <summary>Null when it is ready.</summary>
    public string? WhyNot()
    {
        if (_stopping)
            return "the node stops";
        if (!_started)
            return "the log is not replayed yet";
        var status = consensus.Status;
        if (status.Leader is null)
            return link.WhyNot ?? "no leader is known";
        if (status.CommitIndex - consensus.State.AppliedIndex > limits.ReadyLag)
            return $"{status.CommitIndex - consensus.State.AppliedIndex} committed entries are not applied yet";
        return table.NotCurrent;
    }
}
