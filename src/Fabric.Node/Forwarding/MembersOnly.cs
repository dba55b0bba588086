using System.Net;
using Fabric.Node.Options;

namespace Fabric.Node.Forwarding;

/// <summary>
/// Admits requests that come from a member's address. It keeps mistakes out, not attackers: there is no
/// authentication between members yet, so what is behind it must do no more than the public API does.
/// </summary>
internal sealed class MembersOnly
{
    private readonly HashSet<IPAddress> _addresses = [];

    public MembersOnly(IEnumerable<NodeMember> members)
    {
        foreach (var member in members)
        {
            _addresses.Add(Plain(member.Raft.Address));
            if (IPAddress.TryParse(member.Http.IdnHost, out var http))
                _addresses.Add(Plain(http));
        }
    }

    public bool Admits(HttpContext http) => http.Connection.RemoteIpAddress is { } remote && _addresses.Contains(Plain(remote));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
