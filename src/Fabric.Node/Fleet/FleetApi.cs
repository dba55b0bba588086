using Fabric.Node.Feeding;
using Fabric.Node.Forwarding;
using Fabric.Node.Problems;

namespace Fabric.Node.Fleet;

/// <summary>What voters ask each other: how far are the hosts that are fed by you?</summary>
internal sealed class FleetApi(FleetReach reach, NodesOnly nodesOnly, TimeProvider time)
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(InternalRoutes.Fleet, GetAsync).ExcludeFromDescription();

    private async Task<IResult> GetAsync(HttpContext http, long revision, int milliseconds, CancellationToken token)
    {
        if (!nodesOnly.Admits(http))
            return Refusals.NotAMember();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestWait.TotalMilliseconds)), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        var hosts = await reach.ReachAsync(revision, both.Token);
        var now = time.GetUtcNow();
        return TypedResults.Json(new ProgressWire([.. hosts.Select(host => HostWire.From(host, now))]), FeedJson.Default.ProgressWire);
    }
}
