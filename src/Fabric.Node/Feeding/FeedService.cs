using System.Globalization;
using Fabric.Node.Fleet;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Feeding;

/// <summary>What all hosts that are fed from here are told, and whether one more can be.</summary>
internal sealed class FeedService(NodeOptions options, IConsensus consensus, KnownVoters voters, FeedLink link, FleetView fleet, TimeProvider time, Random random)
{
    /// <summary>A leader that was heard no longer ago than this counts as heard.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>A host that is itself out of touch for longer feeds nobody: another may do better.</summary>
    private static readonly TimeSpan Forlorn = TimeSpan.FromSeconds(8);

    private const int Suggestions = 8;

    private int _fed;

    /// <summary>How the fabric is, as this host knows.</summary>
    public PulseWire Pulse()
    {
        var status = consensus.Status;
        return new PulseWire(status.Term, status.Leader, status.CommitIndex, InTouch(Fresh), voters.ToWire(), [.. link.Above, options.Name]);
    }

    /// <summary>A place for one more host, held until it is disposed; null where there is none.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _fed) <= options.Limits.Observers)
            return new Place(this);
        Interlocked.Decrement(ref _fed);
        return null;
    }

    /// <summary>
    /// Where a host that finds no place here may find one: at those that are fed from here at first hand, which show it on
    /// when they are full themselves. So a level of the tree fills up before the next begins.
    /// </summary>
    public RefusedWire Full()
    {
        var others = fleet.FedFromHere().Select(static host => host.Http).ToArray();
        lock (random)
            random.Shuffle(others);
        return new RefusedWire($"{options.Limits.Observers} hosts are fed from here already", [.. others.Take(Suggestions)]);
    }

    /// <summary>Why a host must not be fed from here; null where it may.</summary>
    public RefusedWire? WhyNot(HelloWire hello)
    {
        if (hello.Version != FeedSession.Version)
            return Refuse($"it speaks version {hello.Version} of the feed, and this node version {FeedSession.Version}");
        if (!NodeName.IsSound(hello.Name) || Addresses.ReadBase(hello.Http) is null || hello.Index < 0
            || !ulong.TryParse(hello.Digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _))
            return Refuse("its first message makes no sense");
        if (hello.Name == options.Name || (!hello.Waits && voters.Any(voter => voter.Name == hello.Name)))
            return Refuse($"the name {hello.Name} is another node's");
        if (WhyGone(hello.Identity) is { } gone)
            return gone;
        if (fleet.All().FirstOrDefault(host => host.Name == hello.Name && host.Connected && host.Http != hello.Http && host.Identity != hello.Identity) is { } other)
            return Refuse($"the name {hello.Name} is that of a host at {other.Http}, which is connected");
        if (link.Above.Contains(hello.Name))
            return Refuse($"{options.Name} is itself fed by {hello.Name}");
        if (consensus.State.Identity is not { } identity)
            return Refuse("this node has no log yet");
        return hello.Fabric is { } theirs && theirs != identity.Id
            ? Refuse($"it belongs to fabric {theirs}, and this node to {identity.Id}")
            : WhyClosed();
    }

    /// <summary>Why a host is fed from nowhere any more; null while its identity belongs to the fabric or is new to it.</summary>
    public RefusedWire? WhyGone(Guid? identity) => identity is { } one && consensus.State.Roster.IsGone(one)
        ? Refuse("it was taken out of the fabric; delete its data folder and start it again to make it join as a new host")
        : null;

    /// <summary>Why nobody can be fed from here any more; null while somebody can.</summary>
    public RefusedWire? WhyClosed() => InTouch(Forlorn) ? null : Refuse($"{options.Name} is out of touch with the fabric itself");

    private bool InTouch(TimeSpan within) => consensus.Status.IsInTouch(time.GetUtcNow(), within);

    private static RefusedWire Refuse(string reason) => new(reason, []);

    private sealed class Place(FeedService service) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                Interlocked.Decrement(ref service._fed);
        }
    }
}
