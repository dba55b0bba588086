using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Node.Options;
using Fabric.Node.Vitals;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Disk;

/// <summary>
/// Whether the fabric has room for a write, as its leader sees it: a majority of the voters must have it, or the write
/// could be appended and never be committed. Any thread.
/// </summary>
internal sealed class Room(DiskSpace own, PeerVitals peers, IReadOnlyList<NodeMember> voters, IConsensus consensus)
{
    /// <summary>The leadership is better elsewhere: this host's disk is nearly full, and those of a majority are not.</summary>
    public bool ShouldHandOver => own.IsLow && HasMajority && consensus.Status.Role == MemberRole.Leader;

    private int Majority => (Math.Max(1, voters.Count) / 2) + 1;

    private bool HasMajority => peers.WithRoom + (own.IsLow ? 0 : 1) >= Majority;

    /// <summary>Why a change set is not to be proposed here; null when it may be.</summary>
    public WriteResult? WhyNot(ChangeSet changes)
    {
        var low = own.IsLow;
        if ((!low && peers.Fresh.All(static peer => !peer.DiskLow)) || NeedsLittle(changes) || consensus.Status.Role != MemberRole.Leader)
            return null;
        if (!HasMajority)
            return new WriteResult.NoRoom(Reason(low));
        return low ? new WriteResult.NoLeader("this node's disk is nearly full, and it hands its leadership over") : null;
    }

    /// <summary>What it comes to that this node's log took no entry: with a majority that has room, the next leader takes it.</summary>
    public WriteResult WithoutOwn(string reason) => peers.WithRoom >= Majority
        ? new WriteResult.NoLeader("this node's disk is full, and it hands its leadership over")
        : new WriteResult.NoRoom(reason);

    private string Reason(bool low)
    {
        // Those that are silent may be what is missing; whoever reads this sees them in the cluster's status.
        var full = peers.Fresh.Where(static peer => peer.DiskLow).Select(static peer => peer.Name).Concat(low ? ["this node"] : []);
        return $"too few voters have room on the disk of their log, which is nearly full on {string.Join(", ", full)}; "
            + "what only deletes or disables flags is still taken";
    }

    /// <summary>What takes something away, or turns it off, may be what saves the night: it has what is left below the minimum.</summary>
    private static bool NeedsLittle(ChangeSet changes) =>
        changes.Changes.All(static change => change is Change.Delete or Change.Put { Definition.State: FlagState.Disabled })
        && changes.Attachments.All(static change => change is AttachmentChange.Withdraw);
}
