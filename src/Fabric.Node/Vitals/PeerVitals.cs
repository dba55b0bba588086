using System.Collections.Immutable;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;

namespace Fabric.Node.Vitals;

/// <summary>What the other voters said last. One writer, the round; many readers.</summary>
internal sealed class PeerVitals(string self, IReadOnlyList<NodeMember> voters, MemberClient client, TimeProvider time)
{
    /// <summary>Whoever has said nothing for so long counts as silent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly long _began = time.GetTimestamp();
    private ImmutableDictionary<string, (VitalsWire Said, long At)> _heard = ImmutableDictionary<string, (VitalsWire, long)>.Empty;

    /// <summary>What those said that are not silent.</summary>
    public IEnumerable<VitalsWire> Fresh =>
        from heard in Volatile.Read(ref _heard).Values
        where time.GetElapsedTime(heard.At) < Patience
        select heard.Said;

    /// <summary>
    /// How many have room on the disk of their log, as far as is known; at the beginning, those that were not heard yet count
    /// as if they had.
    /// </summary>
    public int WithRoom
    {
        get
        {
            var heard = Volatile.Read(ref _heard);
            var unknown = time.GetElapsedTime(_began) < Patience ? voters.Count(voter => voter.Name != self && !heard.ContainsKey(voter.Name)) : 0;
            return unknown + Fresh.Count(static peer => !peer.DiskLow);
        }
    }

    /// <summary>How many other voters there are.</summary>
    public int Count => voters.Count(voter => voter.Name != self);

    /// <summary>Asks all others, and gives what they answered now.</summary>
    public async Task<IReadOnlyList<VitalsWire>> AskAsync(long at, CancellationToken token)
    {
        var answers = await Task.WhenAll(voters.Where(voter => voter.Name != self)
            .Select(voter => client.GetAsync(voter.Http, $"{InternalRoutes.Vitals}?at={at}", VitalsJson.Default.VitalsWire, token)));
        var told = answers.Select(static answer => answer.Answer).OfType<VitalsWire>().ToArray();
        var now = time.GetTimestamp();
        Volatile.Write(ref _heard, _heard.SetItems(told.Select(said => KeyValuePair.Create(said.Name, (said, now)))));
        return told;
    }
}
