using Fabric.Bpf.Support;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Can a function's answer be overridden here? Proven on a function of the doctor's own, where it may.</summary>
internal sealed class Override : IDoctorCheck
{
    public string Name => "override";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        Task.FromResult(Judge(context.Node, context.LooksHere ? OverrideSupport.Probe() : null));

    /// <param name="node">What the node found at its start; null when none answers.</param>
    /// <param name="own">What this process found on this host; null when the node is on another one.</param>
    internal static CheckResult Judge(NodeFacts? node, OverrideSupport? own)
    {
        if (node is null)
            return own is null ? CheckResult.Skip("no node answers") : Of(HostChecks.Override(own));
        if (node.CanOverride)
            return CheckResult.Ok(own is { Supported: true } ? "the node can override functions of unaware programs, and so it was proven just now" : "the node can override functions of unaware programs");
        return own is { Supported: true }
            ? CheckResult.Warn($"the kernel can, and the node cannot: {node.WhyNoOverride}", "restart the node as root, which keeps what it needs, or by its systemd unit")
            : CheckResult.Warn($"{node.WhyNoOverride}", "programs that call libflagfabric.so need no override");
    }

    private static CheckResult Of(HostCheck check) => new(check.Status, check.Detail, check.Cure);
}
