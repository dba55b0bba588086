using System.Collections.Immutable;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Node.Fleet;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>
/// On a voter: enters the hosts that are fed from here, and the voters, into the list of hosts. What has come together
/// since the last round is one entry of the log, so hundreds that join at once are a handful.
/// </summary>
internal sealed class RosterKeeper(
    IConsensus consensus, FleetView fleet, HostWriter writer, IReadOnlyList<NodeMember> voters, NodeOptions options, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of one entry, far enough below what an entry may have.</summary>
    private const int BytesPerEntry = 32 * 1024;

    private Rounds? _rounds;

    public void Start() => (_rounds = new Rounds("the list of hosts", Interval, RoundAsync, time, logger)).Start();

    public ValueTask DisposeAsync() => _rounds?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task RoundAsync(CancellationToken token)
    {
        if (Missing() is { IsEmpty: false } changes)
            await writer.WriteAsync(changes, token);
    }

    /// <summary>What the list lacks of what is known here, as much as one entry takes.</summary>
    private ImmutableArray<HostChange> Missing()
    {
        var status = consensus.Status;
        if (status.Leader is null || status.Role is not (MemberRole.Leader or MemberRole.Follower) || consensus.State.Identity is null)
            return [];
        var roster = consensus.State.Roster;
        var changes = ImmutableArray.CreateBuilder<HostChange>();
        var bytes = 0;
        foreach (var host in Voters().Concat(Fed()))
        {
            if (bytes > BytesPerEntry || changes.Count == Limits.ChangesPerSet)
                break;
            if (roster.Apply(long.MaxValue, [host]).Next == roster)
                continue;
            changes.Add(host);
            bytes += 64 + host.Name.Length + host.Http.Length;
        }

        return changes.ToImmutable();
    }

    /// <summary>This voter's own identity, and those that the others had when this one first voted, until they enter themselves.</summary>
    private IEnumerable<HostChange.Enter> Voters()
    {
        var roster = consensus.State.Roster.Hosts;
        var recorded = VoterRecord.Read(options.DataDirectory);
        foreach (var voter in voters)
        {
            var http = voter.Http.GetLeftPart(UriPartial.Authority);
            if (voter.Name == options.Name)
                yield return new HostChange.Enter(voter.Name, http, HostRole.Voter, fleet.Identity);
            else if (!roster.ContainsKey(voter.Name) && recorded?.GetValueOrDefault(voter.Name) is { } identity)
                yield return new HostChange.Enter(voter.Name, http, HostRole.Voter, identity);
        }
    }

    /// <summary>A voter that is fed has no vote: it waits for one, and enters by that alone.</summary>
    private IEnumerable<HostChange.Enter> Fed() =>
        from host in fleet.All()
        where host.Connected && host.Identity is not null && voters.All(voter => voter.Name != host.Name)
        select new HostChange.Enter(host.Name, host.Http, HostRole.Observer, host.Identity!.Value);
}
