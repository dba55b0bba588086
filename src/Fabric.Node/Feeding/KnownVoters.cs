using System.Collections;
using System.Net;
using Fabric.Flags.Hosts;
using Fabric.Node.Options;

namespace Fabric.Node.Feeding;

/// <summary>
/// The voters as this node knows them: from its options where it is one, and from whoever feeds it where it is not. A list
/// that others hold and that may change between two looks at it.
/// </summary>
internal sealed class KnownVoters(IReadOnlyList<NodeMember> first) : IReadOnlyList<NodeMember>
{
    private volatile IReadOnlyList<NodeMember> _now = first;

    public int Count => _now.Count;

    public NodeMember this[int index] => _now[index];

    /// <summary>Takes over what a feeder says; what makes no sense is left out.</summary>
    public void Learn(IEnumerable<VoterWire> voters)
    {
        var learned = new List<NodeMember>();
        foreach (var voter in voters)
        {
            if (NodeName.IsSound(voter.Name) && IPEndPoint.TryParse(voter.Raft, out var raft) && Addresses.ReadBase(voter.Http) is { } http)
                learned.Add(new NodeMember(voter.Name, raft, http));
        }

        if (learned.Count > 0 && !learned.SequenceEqual(_now))
            _now = learned;
    }

    /// <summary>Takes over what the log says.</summary>
    public void Learn(VoterList list) =>
        Learn(list.Seats.Select(static seat => new VoterWire(seat.Name, seat.Raft, seat.Http)));

    public IReadOnlyList<VoterWire> ToWire() =>
        [.. _now.Select(static voter => new VoterWire(voter.Name, voter.Raft.ToString(), voter.Http.GetLeftPart(UriPartial.Authority)))];

    public IEnumerator<NodeMember> GetEnumerator() => _now.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
