using Fabric.Bpf.Attach;
using Fabric.Bpf.Privileges;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Node.Telemetry;
using Fabric.Raft;

namespace Fabric.Cli.Node;

/// <summary>What a node is put together from on a real host.</summary>
internal static class HostParts
{
    public static NodeParts Of(NodeOptions options)
    {
        var door = OverrideDoor.Open(options.Name, OverrideSupport.Probe(), options.Targets);
        return new NodeParts
        {
            OpenTable = identity => OpenTable(options, identity, door),
            OpenConsensus = (raft, sink, loggers) => new RaftConsensus(raft, sink, loggers),
            Door = door,
            Override = door.Support,
            Privileges = HeldPrivileges.OfThisProcess(),
            Telemetry = TelemetrySettings.From(Environment.GetEnvironmentVariables()),
        };
    }

    private static IFlagTable OpenTable(NodeOptions options, FabricIdentity identity, OverrideDoor door)
    {
        var table = TablePlace.Open(
            new TableOwner(identity.Id, options.Name, identity.Capacity) { Facts = new HostFacts(options.Name, options.Labels) },
            options.TablePath, options.DataDirectory, options.UsageFolder);
        door.Serve(table);
        return table;
    }
}
