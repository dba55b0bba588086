using System.Net;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Forwarding;

/// <summary>
/// Admits requests of the fabric's own nodes: those that come from a voter's address, and those that name the fabric, as
/// observers do, whose addresses nobody knows beforehand. It keeps mistakes out, not attackers: there is no authentication
/// between nodes yet, so what is behind it must do no more than the public API does.
/// </summary>
internal sealed class NodesOnly(IReadOnlyList<NodeMember> voters, IConsensus consensus)
{
    /// <summary>Names the fabric that the sender belongs to.</summary>
    public const string Header = "Fabric-Id";

    public bool Admits(HttpContext http)
    {
        if (http.Request.Headers.TryGetValue(Header, out var named))
            return Guid.TryParse(named, out var id) && id == consensus.State.Identity?.Id;
        return http.Connection.RemoteIpAddress is { } remote && voters.Any(voter => IsAt(voter, Plain(remote)));
    }

    private static bool IsAt(NodeMember voter, IPAddress remote) =>
        Plain(voter.Raft.Address).Equals(remote) || (IPAddress.TryParse(voter.Http.IdnHost, out var http) && Plain(http).Equals(remote));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
