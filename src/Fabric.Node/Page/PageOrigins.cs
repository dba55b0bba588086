using System.Net;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Page;

/// <summary>Whose pages may ask this node: those that it serves itself, and those of the fabric's other hosts.</summary>
internal sealed class PageOrigins(IConsensus consensus, IReadOnlyList<NodeMember> voters, Uri? advertised)
{
    // A header has its bounds; a page that knows this many nodes does not need more to go on.
    private const int MostKnown = 32;

    /// <summary>The other hosts' origins, voters first.</summary>
    public IEnumerable<string> Known() => Members().Distinct(StringComparer.OrdinalIgnoreCase).Take(MostKnown);

    /// <summary>Whether a page of this origin is the fabric's own.</summary>
    public bool IsOwn(string origin, HttpRequest request) =>
        IsServedHere(origin, request) || Members().Any(member => IsSame(member, origin));

    /// <summary>
    /// A name that anybody could have led to this address does not make a page the node's own; an address, and the names
    /// that the host or the fabric has for it, do.
    /// </summary>
    private bool IsServedHere(string origin, HttpRequest request)
    {
        if (!IsSame(origin, $"{request.Scheme}://{request.Host.Value}"))
            return false;
        var name = request.Host.Host;
        return IPAddress.TryParse(name.Trim('[', ']'), out _)
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            || Members().Any(member => new Uri(member).Host.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private IEnumerable<string> Members()
    {
        if (advertised is not null)
            yield return advertised.GetLeftPart(UriPartial.Authority);
        foreach (var voter in voters)
            yield return voter.Http.GetLeftPart(UriPartial.Authority);
        foreach (var host in consensus.State.Roster.Hosts.Values)
        {
            if (Addresses.ReadBase(host.Http) is { } address)
                yield return address.GetLeftPart(UriPartial.Authority);
        }
    }

    // On one machine both names are in use for one address.
    private static bool IsSame(string one, string other) => Plain(one).Equals(Plain(other), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string origin) => origin.Replace("//localhost", "//127.0.0.1", StringComparison.OrdinalIgnoreCase);
}
