using Fabric.Node.Json;
using Fabric.Node.Ofrep;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fabric.Node.OpenApi;

/// <summary>Says of types what they are on the wire.</summary>
internal static class SchemaDocs
{
    public static Task Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken token)
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

        // Numbers are read from texts too, and never written so.
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.String) && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }

        return Task.CompletedTask;
    }
}
