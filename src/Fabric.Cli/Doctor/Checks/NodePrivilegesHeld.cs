using Fabric.Bpf.Privileges;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>May the node do what it has to, and no more?</summary>
internal sealed class NodePrivilegesHeld : IDoctorCheck
{
    private static readonly string[] ForDoors = CapabilitySet.Of(Capability.Bpf, Capability.Perfmon).Names.ToArray();
    private static readonly string[] Needed = NodePrivileges.Usual.Or(CapabilitySet.Of(Capability.NetBindService)).Names.ToArray();

    public string Name => "node privileges";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Judge(context.Node));

    internal static CheckResult Judge(NodeFacts? node)
    {
        if (node?.Privileges is not var (user, held, closed))
            return CheckResult.Skip(node is null ? "no node answers" : "the node does not say");
        var who = $"user {Account.NameOf(user)} with {(held.Count == 0 ? "no capabilities" : string.Join(", ", held))}";
        if (held.Except(Needed).ToArray() is { Length: > 0 } more)
            return CheckResult.Warn($"it holds {more.Length} capabilities that it does not need, {more[0]} among them", "start it without --keep-capabilities");
        if (held.Count > 0 && !closed)
            return CheckResult.Warn($"{who}, and what it starts could gain more", "start it without --keep-capabilities, or set NoNewPrivileges in its unit");
        return ForDoors.Except(held).Any()
            ? CheckResult.Warn($"{who}: the table is a file, and there is no override door", "start it as root, which gives up the rest, or by its systemd unit")
            : CheckResult.Ok(who);
    }
}
