using Fabric.Node.OpenApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OpenTelemetry.Metrics;

namespace Fabric.Node.Hosting;

/// <summary>What the API says of itself beyond what its endpoints tell.</summary>
internal static class ApiDescription
{
    private const string About =
        """
        Feature flags without a central service. Any node answers. Revisions are log indexes, times are RFC 3339 in UTC, sizes are
        bytes, durations carry their unit. Problems are RFC 9457's, with a stable `type`; `applied` says of a write whether it did.
        """;

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(static (document, context, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Fabric", Version = "v1", Description = About };
            document.Servers?.Clear();
            OtherAddresses.AddTo(document, metrics: context.ApplicationServices.GetService<MeterProvider>() is not null);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(OperationDocs.Complete);
        options.AddSchemaTransformer(SchemaDocs.Complete);
    }
}
