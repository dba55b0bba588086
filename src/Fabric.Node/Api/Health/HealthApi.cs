using Fabric.Node.Hosting;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Api.Health;

/// <summary>For whoever starts, stops and balances: is the process alive, and does it do its job.</summary>
internal sealed class HealthApi(Readiness readiness)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Answer("alive")).WithTags("health").Describe("The process is alive").Produces<HealthBody>(200);
        routes.MapGet("/readyz", Ready).WithTags("health").Describe("The log is replayed, the table written, a leader known").Answers<HealthBody>(200, 503);
    }

    private IResult Ready() => readiness.WhyNot() is { } reason ? Refusals.NotReady(reason) : Answer("ready");

    private static JsonHttpResult<HealthBody> Answer(string status) => TypedResults.Json(new HealthBody(status), ApiJson.Full.HealthBody);
}
