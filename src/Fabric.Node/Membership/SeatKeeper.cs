using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Node.Hosting;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>
/// On the leader: gives a free vote to whom it is meant for, once both that are left live by the list without the one that
/// had it. Whoever leads next goes on with it.
/// </summary>
internal sealed class SeatKeeper(IConsensus consensus, HostWriter writer, Standing standing, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private Rounds? _rounds;

    public void Start() => (_rounds = new Rounds("a free vote", Interval, RoundAsync, time, logger)).Start();

    public ValueTask DisposeAsync() => _rounds?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task RoundAsync(CancellationToken token)
    {
        if (consensus.Status.Role == MemberRole.Leader && consensus.State.Roster.Voters is { Awaits: { } next } list && await IsLivedByAsync(list, token))
            await writer.WriteAsync([new HostChange.Seat(next)], token);
    }

    private async Task<bool> IsLivedByAsync(VoterList list, CancellationToken token)
    {
        if (consensus.Member()?.VotersSince != list.Since)
            return false;
        var said = await Task.WhenAll(list.Seats.Select(seat => standing.AskAsync(seat.Name, new Uri(seat.Http), token)));
        return list.Seats.Zip(said).All(pair => pair.Second is { Votes: true } one && one.Identity == pair.First.Identity && one.VotersSince >= list.Since);
    }
}
