using Fabric.Node.Fleet;
using Fabric.Node.Problems;

namespace Fabric.Node.Api;

/// <summary>What the API's own description says of an endpoint.</summary>
internal static class EndpointDocs
{
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string summary) => endpoint.WithSummary(summary);

    /// <summary>A write whose answer may wait for the fleet.</summary>
    public static RouteHandlerBuilder WaitsForFleet(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new WaitsForFleet());

    public static RouteHandlerBuilder Takes<TBody>(this RouteHandlerBuilder endpoint, string type, params string[] otherTypes)
        where TBody : notnull => endpoint.Accepts<TBody>(type, otherTypes);

    public static RouteHandlerBuilder Answers<TBody>(this RouteHandlerBuilder endpoint, int status, params ReadOnlySpan<int> problems)
    {
        endpoint.Produces<TBody>(status);
        return endpoint.Refuses(problems);
    }

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> problems)
    {
        foreach (var problem in problems)
            endpoint.Produces<ProblemBody>(problem, Refusal.ContentType);
        return endpoint;
    }
}
