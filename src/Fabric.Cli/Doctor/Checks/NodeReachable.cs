using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Does a node answer?</summary>
internal sealed class NodeReachable : IDoctorCheck
{
    public string Name => "node reachable";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        Task.FromResult(Judge(context.Node, context.HostAlone, string.Join(", ", context.Session.Endpoints.Select(static url => url.Authority))));

    internal static CheckResult Judge(NodeFacts? node, bool hostAlone, string addresses)
    {
        const string cure = "start it with fabric node, or give its address with --url or FABRIC_URL";
        if (node is not null)
            return CheckResult.Ok($"{node.Name} answers, pid {node.Pid}, {node.Role}");
        return hostAlone
            ? CheckResult.Warn($"no node answers at {addresses}: the host alone is looked at", cure)
            : CheckResult.Fail($"no node answers at {addresses}", cure);
    }
}

/// <summary>Does the node do its whole job?</summary>
internal sealed class NodeReady : IDoctorCheck
{
    public string Name => "node ready";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Judge(context.Node));

    internal static CheckResult Judge(NodeFacts? node) => node switch
    {
        null => CheckResult.Skip("no node answers"),
        { NotReady: { } reason } => CheckResult.Fail(reason, "without a leader, start a majority of the members; otherwise the node's log on standard error says more"),
        _ => CheckResult.Ok($"ready at revision {node.Revision}, leader {node.Leader}"),
    };
}
