using Fabric.Bpf.Table;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Do programs on this host find the table, and is it what the log says?</summary>
internal sealed class Table : IDoctorCheck
{
    /// <summary>The node stamps it every second.</summary>
    private static readonly TimeSpan OldStamp = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    public string Name => "table";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token)
    {
        if (context is not { Node: { } node, IsLocal: true })
            return CheckResult.Skip("no node answers, or it is on another host");
        if (node.Table is not { } path)
            return CheckResult.Fail("the node has no table yet", "the node's log on standard error says why");
        var found = Judge(node, TableFacts.Of(path));
        if (found.Status != Fabric.Bpf.Support.CheckStatus.Fail)
            return found;
        // A change may have come between the node's answer and the look at its table.
        await Task.Delay(Moment, token);
        var again = await context.Session.SendAsync(new Client.Call(HttpMethod.Get, "/api/v1/node"), token);
        return again is { IsSuccess: true } ? Judge(NodeFacts.Read(again.Json), TableFacts.Of(path)) : found;
    }

    internal static CheckResult Judge(NodeFacts node, TableFacts facts)
    {
        if (facts.Closed is { } closed)
            return CheckResult.Fail($"{closed} is closed to other users' programs", $"open it for reading: chmod a+rX {closed}");
        if (facts.Inspection is not { } table)
            return CheckResult.Fail($"there is no table at {facts.Path} that can be read", "restart the node: it makes its table anew");
        if (table.Retired || table.Fabric != node.Fabric || table.Node != node.Name)
            return CheckResult.Fail($"the table at {facts.Path} is {(table.Retired ? "retired" : $"{table.Node}'s of fabric {table.Fabric}")}, and not this node's",
                "give every node of this host a --table of its own, and restart this one");
        if (table.Revision < node.AppliedRevision)
            return CheckResult.Fail($"programs see revision {table.Revision}, and the log is applied up to {node.AppliedRevision}", "the node's log on standard error says why the table cannot be written");
        var finding = $"{facts.Path} ({table.Kind.ToString().ToLowerInvariant()}), open to all, at revision {table.Revision} like the log";
        if (table.SinceContact is not { } since || since > OldStamp)
            return CheckResult.Warn($"{finding}, but not in touch with the fabric{(table.SinceContact is { } ago ? $" for {ago.TotalSeconds:0} s" : "")}: flags that bear only so much silence give their safe answer",
                "start a majority of the members, or mend the network between them");
        return table.Kind == TableKind.File
            ? CheckResult.Warn($"{finding}; it is a file: {node.TableIsFileBecause}", "start the node with CAP_BPF and CAP_PERFMON and a --table below /run/fabric/bpf; programs are answered all the same")
            : CheckResult.Ok($"{finding}, in touch {since.TotalSeconds:0.0} s ago");
    }
}
