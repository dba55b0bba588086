using Fabric.Node.Fleet;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>What a host does for the fabric beside its log once it votes, and what it would do.</summary>
internal sealed class VoterDuties(
    IConsensus consensus, FleetView fleet, HostWriter writer, Standing standing, Succession succession, LostVote lost,
    IReadOnlyList<NodeMember> voters, NodeOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly RosterKeeper _roster = new(consensus, fleet, writer, voters, options, time, logger);
    private readonly SeatKeeper _seats = new(consensus, writer, standing, time, logger);
    private readonly Replacement? _replacement = options.ReplaceAfter is { } after
        ? new Replacement(consensus, succession, standing, voters, after, time, new Random(), logger)
        : null;

    public void Start()
    {
        _roster.Start();
        if (voters.Count == 1)
            return;
        _seats.Start();
        _replacement?.Start();
        lost.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _roster.DisposeAsync();
        await _seats.DisposeAsync();
        if (_replacement is not null)
            await _replacement.DisposeAsync();
    }
}
