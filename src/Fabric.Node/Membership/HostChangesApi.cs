using Fabric.Flags;
using Fabric.Node.Forwarding;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Membership;

/// <summary>Where the leader takes changes of the list of hosts from other nodes.</summary>
internal sealed class HostChangesApi(LocalProposer local, NodesOnly nodesOnly, NodeOptions options, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(InternalRoutes.Hosts, ProposeAsync).ExcludeFromDescription();

    private async Task<IResult> ProposeAsync(HttpContext http, CancellationToken token)
    {
        if (!nodesOnly.Admits(http))
            return Refusals.NotAMember();
        var problems = new List<Problem>();
        var wire = await ReadAsync(http, problems, token);
        if (wire?.ToChanges() is not { } changes || changes.Problems().Any())
            return Refusals.Malformed("the changes of hosts make no sense");
        using var deadline = new CancellationTokenSource(options.WriteTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        return TypedResults.Json(OutcomeMapping.ToWire(await local.ProposeAsync(changes, both.Token)), ApiJson.Full.OutcomeWire);
    }

    private async Task<HostChangesWire?> ReadAsync(HttpContext http, List<Problem> problems, CancellationToken token)
    {
        var (body, _) = await JsonBody.ReadAsync(http, options.Limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            try
            {
                token.ThrowIfCancellationRequested();
                return body is null ? null : System.Text.Json.JsonSerializer.Deserialize(body.Document.RootElement, MembershipJson.Default.HostChangesWire);
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }
}
