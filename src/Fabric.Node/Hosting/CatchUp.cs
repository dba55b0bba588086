using Fabric.Node.Api.Cluster;
using Fabric.Node.Feeding;
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
    /// <summary>Entries that Raft brings in no time.</summary>
    private const long WorthAsking = 2_000;

    private readonly SnapshotDownload _download = new(http, Path.Combine(options.DataDirectory, SnapshotDownload.Folder), time, new Random());

    public async Task RunAsync(RaftConsensus consensus, CancellationToken token)
    {
        var client = new MemberClient(http, options.PeerTimeout, time);
        var others = voters.Where(member => member.Name != options.Name).ToArray();
        var applied = await Task.WhenAll(others.Select(async member => (await client.NodeAsync(member, token)).Node?.AppliedRevision ?? 0));
        var furthest = Array.IndexOf(applied, applied.Max());
        if (applied[furthest] <= WorthAsking || applied[furthest] - consensus.ReachBeforeStart() <= WorthAsking)
            return;

        try
        {
            await using var snapshot = await _download.FetchAsync(new Uri(others[furthest].Http, InternalRoutes.Snapshot), token);
            var install = await consensus.InstallBeforeStartAsync(snapshot, token);
            Log.CaughtUp(logger, others[furthest].Name, install.ToString());
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or TimeoutException
            && failed is not Fabric.Raft.Log.DataDirectoryInUseException && !token.IsCancellationRequested)
        {
            Log.NotCaughtUp(logger, others[furthest].Name, failed);
        }
    }
}
