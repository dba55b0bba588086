using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Cli.Node;

/// <summary>What a node is put together from on a real host.</summary>
internal static class HostParts
{
    public static NodeParts Of(NodeOptions options) => new()
    {
        OpenTable = identity => TablePlace.Open(
            new TableOwner(identity.Id, options.Name, identity.Capacity), options.TablePath, options.DataDirectory, out _),
        OpenConsensus = (raft, sink, loggers) => new RaftConsensus(raft, sink, loggers),
    };
}
