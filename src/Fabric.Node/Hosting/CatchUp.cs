using Fabric.Node.Api.Cluster;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>
/// Before a node takes part: when another member is far ahead, takes a snapshot from it over HTTP. A voter that is that
/// far behind may not get it through Raft, whose messages must fit into a request's time. Without success the node
/// starts with what it has.
/// </summary>
internal sealed class CatchUp(NodeOptions options, IReadOnlyList<NodeMember> voters, HttpClient http, TimeProvider time, ILogger logger)
{
    /// <summary>A fabric whose whole log is shorter than this is brought by Raft in no time.</summary>
    private const long WorthAsking = 2_000;

    private static readonly TimeSpan TransferTimeout = TimeSpan.FromSeconds(30);

    public async Task RunAsync(RaftConsensus consensus, CancellationToken token)
    {
        var client = new MemberClient(http, options.PeerTimeout, time);
        var others = voters.Where(member => member.Name != options.Name).ToArray();
        var applied = await Task.WhenAll(others.Select(async member => (await client.NodeAsync(member, token)).Node?.AppliedRevision ?? 0));
        var furthest = Array.IndexOf(applied, applied.Max());
        if (applied[furthest] <= WorthAsking)
            return;

        using var deadline = new CancellationTokenSource(TransferTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await using var snapshot = await http.GetStreamAsync(new Uri(others[furthest].Http, InternalRoutes.Snapshot), both.Token);
            var install = await consensus.InstallBeforeStartAsync(snapshot, both.Token);
            Log.CaughtUp(logger, others[furthest].Name, install.ToString());
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException
            && failed is not Fabric.Raft.Log.DataDirectoryInUseException && !token.IsCancellationRequested)
        {
            Log.NotCaughtUp(logger, others[furthest].Name, failed);
        }
    }
}
