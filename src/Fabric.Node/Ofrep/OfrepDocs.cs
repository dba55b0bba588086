using Fabric.Node.Api;
using Fabric.Node.Json;

namespace Fabric.Node.Ofrep;

/// <summary>What the API's own description says of OFREP's endpoints.</summary>
internal static class OfrepDocs
{
    /// <summary>An endpoint that takes a context and answers with <typeparamref name="TBody"/>.</summary>
    public static RouteHandlerBuilder DescribeEvaluation<TBody>(this RouteHandlerBuilder endpoint, string summary)
        where TBody : notnull
    {
        endpoint.Describe(summary).Takes<OfrepRequestBody>(JsonBody.Json).Produces<TBody>(200, JsonBody.Json);
        foreach (var status in (ReadOnlySpan<int>)[400, 413, 415, 429, 500, 503])
            endpoint.Produces<OfrepErrorBody>(status, JsonBody.Json);
        return endpoint;
    }
}
