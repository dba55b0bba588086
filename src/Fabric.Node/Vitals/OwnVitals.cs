using System.Globalization;
using Fabric.Node.Disk;
using Fabric.Node.Forwarding;
using Fabric.Node.Problems;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Vitals;

/// <summary>What this host tells the voters of itself.</summary>
internal sealed class OwnVitals(string name, IConsensus consensus, TableLoop table, DiskSpace space, NodesOnly nodesOnly, TimeProvider time)
{
    /// <summary>A table's digest costs a look at every flag, so it is told only of a table that has not changed for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    // Who asks first notes what is there; guarded by itself, since a wrong moment costs one look too many.
    private volatile Moment _moment = new(-1, 0);

    private sealed record Moment(long Index, long Since);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(InternalRoutes.Vitals, GetAsync).ExcludeFromDescription();

    /// <param name="at">The index whose digest whoever asks wants to compare.</param>
    /// <param name="token">Ends the wait for the table's turn.</param>
    public async Task<VitalsWire> TellAsync(long at, CancellationToken token)
    {
        var newest = consensus.Feed.Newest;
        var digest = consensus.Feed.DigestAt(at);
        return new VitalsWire(name, newest.Index, Hex(newest.Digest), digest is { } known ? Hex(known) : null, await QuietTableAsync(newest.Index, token), space.IsLow);
    }

    public static string Hex(ulong digest) => digest.ToString("x16", CultureInfo.InvariantCulture);

    private async Task<IResult> GetAsync(HttpContext http, long at, CancellationToken token) => nodesOnly.Admits(http)
        ? TypedResults.Json(await TellAsync(at, token), VitalsJson.Default.VitalsWire)
        : Refusals.NotAMember();

    private async Task<string?> QuietTableAsync(long index, CancellationToken token)
    {
        var moment = _moment;
        if (moment.Index != index)
        {
            _moment = new Moment(index, time.GetTimestamp());
            return null;
        }

        if (time.GetElapsedTime(moment.Since) < Quiet)
            return null;
        var view = await table.ViewAsync(token);
        return view?.Revision == index ? Hex(view.Digest) : null;
    }
}
