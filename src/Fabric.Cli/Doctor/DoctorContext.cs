using Fabric.Bpf.Support;
using Fabric.Cli.Client;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor;

/// <summary>What checks have to look at.</summary>
/// <param name="Session">The way to the node.</param>
/// <param name="Node">What the node says of itself; null when it does not answer.</param>
/// <param name="IsLocal">The node runs on this host, so that its files can be looked at.</param>
/// <param name="Kernel">What this host's kernel says.</param>
/// <param name="Data">The folder of the node's log on this host; null when it is not known.</param>
internal sealed record DoctorContext(Session Session, NodeFacts? Node, bool IsLocal, KernelFacts Kernel, string? Data)
{
    private Task<IReadOnlyList<MemberFacts>?>? _members;

    /// <summary>All members, each asked in person, once for all checks; null when no node tells of them.</summary>
    public Task<IReadOnlyList<MemberFacts>?> MembersAsync(CancellationToken token) =>
        Node is null ? Task.FromResult<IReadOnlyList<MemberFacts>?>(null) : _members ??= MemberSurvey.OfAsync(Session, Node.Name, TimeProvider.System, token);

    /// <summary>Nobody asked for a certain node, so that there may be none yet.</summary>
    public bool HostAlone => Node is null && !Session.IsAddressed;

    /// <summary>What is looked at on this host is the node's, or there is no node.</summary>
    public bool LooksHere => Node is null || IsLocal;

    public static async Task<DoctorContext> GatherAsync(Session session, string? data, CancellationToken token)
    {
        var reply = await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/node"), token);
        var node = reply is { IsSuccess: true } ? NodeFacts.Read(reply.Json) : null;
        var local = reply?.Endpoint.IsLoopback ?? false;
        return new DoctorContext(session, node, local, KernelFacts.Read(), data ?? (local ? node?.Data : null));
    }
}
