using Fabric.Bpf.Support;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Does a node answer?</summary>
internal sealed class NodeReachable : IDoctorCheck
{
    public string Name => "node reachable";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(context.Node is { } node
        ? new CheckResult(CheckStatus.Ok, $"{node.GetProperty("name")} answers, pid {node.GetProperty("pid")}, {node.GetProperty("role")}")
        : new CheckResult(CheckStatus.Fail, $"no node answers at {string.Join(", ", context.Session.Endpoints.Select(url => url.Authority))}",
            "start it with fabric node, or give its address with --url or FABRIC_URL"));
}

/// <summary>Does the node do its whole job?</summary>
internal sealed class NodeReady : IDoctorCheck
{
    public string Name => "node ready";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Look(context));

    private static CheckResult Look(DoctorContext context)
    {
        if (context.Node is not { } node)
            return new CheckResult(CheckStatus.Skip, "the node does not answer");
        return node.GetProperty("ready").GetBoolean()
            ? new CheckResult(CheckStatus.Ok, $"ready at revision {node.GetProperty("revision")}, leader {node.GetProperty("leader")}")
            : new CheckResult(CheckStatus.Fail, $"{node.GetProperty("notReady")}",
                "without a leader, start a majority of the members; otherwise the node's log on standard error says more");
    }
}

/// <summary>Can this host override a function's answer?</summary>
internal sealed class OverrideDoor : IDoctorCheck
{
    public string Name => "override door";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Look(context));

    private static CheckResult Look(DoctorContext context)
    {
        if (context.Node is not { } node)
            return new CheckResult(CheckStatus.Skip, "the node does not answer");
        var door = node.GetProperty("override");
        return door.GetProperty("supported").GetBoolean()
            ? new CheckResult(CheckStatus.Ok, "functions of unaware programs can be overridden")
            : new CheckResult(CheckStatus.Warn, $"{door.GetProperty("reason")}", "programs that call libflagfabric.so need no override");
    }
}

/// <summary>Has the log room to grow?</summary>
internal sealed class DiskFree : IDoctorCheck
{
    private const long RefusedBelow = 256L * 1024 * 1024;
    private const long LittleBelow = 1024L * 1024 * 1024;

    public string Name => "disk free";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Look(context));

    private static CheckResult Look(DoctorContext context)
    {
        if (context.Node is not { } node || !node.GetProperty("diskFreeBytes").TryGetInt64(out var free))
            return new CheckResult(CheckStatus.Skip, "the node does not answer");
        var finding = $"{free / (1024 * 1024)} MiB free on the log's disk";
        const string cure = "free some space on the disk of --data; below 256 MiB a leader refuses writes";
        return free < RefusedBelow ? new CheckResult(CheckStatus.Fail, finding, cure)
            : free < LittleBelow ? new CheckResult(CheckStatus.Warn, finding, cure)
            : new CheckResult(CheckStatus.Ok, finding);
    }
}
