using Microsoft.OpenApi;

namespace Fabric.Node.OpenApi;

/// <summary>Addresses that the framework and its exporters serve, which do not describe themselves.</summary>
internal static class OtherAddresses
{
    public const string Itself = "/openapi/v1.json";

    public static void AddTo(OpenApiDocument document, bool metrics)
    {
        Add(document, Itself, "openapi", "This description", "application/json");
        if (metrics)
            Add(document, Telemetry.Exporting.Route, "telemetry", "Metrics in Prometheus' format, or in OpenMetrics where Accept asks for it", "text/plain", "application/openmetrics-text");
    }

    private static void Add(OpenApiDocument document, string path, string tag, string summary, params string[] types)
    {
        document.Tags ??= new HashSet<OpenApiTag>();
        document.Tags.Add(new OpenApiTag { Name = tag });
        var operation = new OpenApiOperation
        {
            OperationId = OperationDocs.NameOf("GET", path),
            Summary = summary,
            Tags = new HashSet<OpenApiTagReference> { new(tag, document) },
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse
                {
                    Description = "OK",
                    Content = types.ToDictionary(static type => type, static _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }),
                },
            },
        };
        document.Paths[path] = new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Get] = operation } };
    }
}
