using Fabric.Node.Alarms;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;
using Fabric.Raft.Observers;

namespace Fabric.Node.Vitals;

/// <summary>
/// On a voter: compares what it holds with what the others hold, every second. Where both others agree and this one does
/// not, it is wrong: it takes a state from one of them and applies its log's entries since. Where that is not so plain,
/// nobody may choose by himself whose state is thrown away, and there is only the alarm.
/// </summary>
internal sealed class StateWatch(
    OwnVitals own, PeerVitals peers, StateAlarm alarm, IConsensus consensus, IReadOnlyList<NodeMember> voters, HttpClient http, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TransferTimeout = TimeSpan.FromSeconds(30);

    // Where this host was a round ago: the others have come there by now.
    private FeedPosition _mark = new(null, 0, 0);

    public async Task RoundAsync(CancellationToken token)
    {
        var mark = _mark;
        var others = await peers.AskAsync(mark.Index, token);
        var self = await own.TellAsync(mark.Index, token);
        _mark = consensus.Feed.Newest;
        // Also a state that was made anew meanwhile has another digest there.
        if (mark.Index == 0 || self.DigestAt != OwnVitals.Hex(mark.Digest))
            return;

        var different = others.Where(other => Differ(self, other)).ToArray();
        if (different.Length == 0)
        {
            if (others.Any(other => other.DigestAt is not null))
                alarm.Agrees();
            return;
        }

        alarm.Differs($"the state or table of this host is another at revision {mark.Index} than that of {string.Join(" and ", different.Select(static other => other.Name))}");
        if (different.Length == peers.Count && peers.Count > 1 && different.Skip(1).All(other => !Differ(different[0], other)))
            await RebuildAsync(different[0].Name, token);
    }

    /// <summary>They can be compared, and are not the same.</summary>
    private static bool Differ(VitalsWire one, VitalsWire other) =>
        (one.DigestAt is { } digest && other.DigestAt is { } against && digest != against)
        || (one.Index == other.Index && one.Table is { } table && other.Table is { } beside && table != beside);

    private async Task RebuildAsync(string from, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(TransferTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        await using var snapshot = await http.GetStreamAsync(new Uri(voters.First(voter => voter.Name == from).Http, InternalRoutes.Snapshot), both.Token);
        if (await consensus.RebuildAsync(snapshot, both.Token) is { } refused)
            alarm.Differs($"this host's state is wrong, and that of {from} was not taken in its place: {refused}");
        else
            alarm.Healed(from, consensus.State.AppliedIndex);
    }
}
