using Fabric.Node.Json;
using Fabric.Node.Ofrep;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fabric.Node.Hosting;

/// <summary>What the API says of itself beyond what its endpoints tell.</summary>
internal static class ApiDescription
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Fabric", Version = "v1", Description = "Feature flags without a central service." };
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(RawJson))
            {
                schema.Type = JsonSchemaType.Object;
                schema.Properties = null;
                schema.Description = "A flag's definition in flagd's format: state, variants, defaultVariant, targeting, metadata.";
            }

            if (context.JsonTypeInfo.Type == typeof(AnyJson) || context.JsonTypeInfo.Type == typeof(AnyJson?))
            {
                schema.Type = null;
                schema.Properties = null;
                schema.Description = "Any JSON.";
            }

            return Task.CompletedTask;
        });
    }
}
