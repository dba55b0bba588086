using Fabric.Node.Api;
using Fabric.Node.Api.Flags;
using Fabric.Node.Fleet;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fabric.Node.OpenApi;

/// <summary>Says of every operation what its endpoint does not tell: parameters that it reads by itself, and what its answers mean.</summary>
internal static class OperationDocs
{
    private const string Import = "/api/v1/import";

    /// <summary>Operations whose message stands in the query, not in the body.</summary>
    private static readonly string[] WithMessage = ["PUT /api/v1/flags/{key}", "PATCH /api/v1/flags/{key}", "DELETE /api/v1/flags/{key}", $"POST {Import}"];

    public static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken token)
    {
        var (method, path) = (context.Description.HttpMethod ?? "", $"/{context.Description.RelativePath}");
        operation.OperationId = NameOf(method, path);
        foreach (var known in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            known.Description ??= ParameterDocs.Of(path, known.Name ?? "");
        foreach (var more in Unbound(method, path, context.Description.ActionDescriptor.EndpointMetadata))
        {
            operation.Parameters ??= [];
            if (operation.Parameters.All(known => known.Name != more.Name))
                operation.Parameters.Add(more);
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is OpenApiResponse answer && answer.Content?.ContainsKey(Refusal.ContentType) == true)
                answer.Description = ProblemDocs.Of(status) ?? answer.Description;
        }

        return Task.CompletedTask;
    }

    /// <summary>Such as <c>getFlagsKeyHistory</c>: for programs that make a client from the description.</summary>
    public static string NameOf(string method, string path) => method.ToLowerInvariant() + string.Concat(
        path.Split('/', '-', '.').Where(static part => part is not ("" or "api" or "v1")).Select(static part => part.Trim('{', '}'))
            .Select(static part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static IEnumerable<OpenApiParameter> Unbound(string method, string path, IList<object> metadata)
    {
        var operation = $"{method} {path}";
        if (WithMessage.Contains(operation))
            yield return ParameterDocs.Make(path, ParameterLocation.Query, "message");
        if (path == Import)
        {
            yield return ParameterDocs.Make(path, ParameterLocation.Query, "dryRun", "true", "false");
            yield return ParameterDocs.Make(path, ParameterLocation.Query, "partial", "true", "false");
        }

        if (metadata.OfType<WaitsForFleet>().Any())
        {
            yield return ParameterDocs.Make(path, ParameterLocation.Query, WaitsForFleet.Wait, "fleet");
            yield return ParameterDocs.Make(path, ParameterLocation.Query, WaitsForFleet.Timeout);
            yield return ParameterDocs.Make(path, ParameterLocation.Header, Operation.Header);
            yield return ParameterDocs.Make(path, ParameterLocation.Header, ClaimedActor.Header);
            if (path.StartsWith(FlagsApi.Route, StringComparison.Ordinal) && method != "POST")
            {
                yield return ParameterDocs.Make(path, ParameterLocation.Header, "If-Match");
                yield return ParameterDocs.Make(path, ParameterLocation.Header, "If-None-Match");
            }
        }
    }
}
