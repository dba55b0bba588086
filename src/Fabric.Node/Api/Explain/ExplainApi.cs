using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Api.Flags;
using Fabric.Node.Evaluation;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Microsoft.AspNetCore.Http.Features;

namespace Fabric.Node.Api.Explain;

/// <summary>Why a flag answers a caller what it does, on the host of the node that is asked.</summary>
internal sealed class ExplainApi(FlagExplaining explaining, NodeLimits limits)
{
    private const string After = "/explain";

    private readonly WriteGate _gate = new(limits.EvaluationsInFlight);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost($"{FlagsApi.Route}/{{key}}{After}", ExplainAsync).WithTags("flags")
            .Describe("Explain what a flag answers a caller on this host").Takes<ExplainRequestBody>(JsonBody.Json)
            .Answers<ExplanationBody>(200, 400, 404, 413, 415, 429, 503);

    private async Task<IResult> ExplainAsync(HttpContext http, string key, CancellationToken token)
    {
        using var place = _gate.TryEnter();
        if (place is null)
            return Refusals.TooMany(_gate.Limit) with { Kind = "too-many-evaluations", Title = "Too many evaluations are in flight" };
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems);
        key = PathKey.Read(http, problems, After);
        var hasBody = http.Request.ContentLength != 0 && http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        var (body, refusal) = hasBody ? await JsonBody.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json) : default;
        using (body)
        {
            var caller = body is null ? Caller.Nobody : ReadCaller(body.Document.RootElement, problems);
            if (refusal is not null || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            var (state, explanation, behind) = await explaining.ExplainAsync(key, caller, token);
            Revisions.Stamp(http.Response, state);
            if (explanation is not null)
                return TypedResults.Json(explanation, ApiJson.Sparse.ExplanationBody);
            return behind is null ? Refusals.NoFlag(key) : Refusals.NotReady(behind);
        }
    }

    private static Caller ReadCaller(JsonElement root, List<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("", "must be an object with \"context\""));
            return Caller.Nobody;
        }

        foreach (var field in root.EnumerateObject().Where(static field => field.Name != "context"))
            problems.Add(new Problem($"/{field.Name}", "unknown field; there is context"));
        var (caller, problem) = ContextReader.Read(root.TryGetProperty("context", out var context) ? context : default);
        if (problem is not null)
            problems.Add(new Problem("/context", problem));
        return caller ?? Caller.Nobody;
    }
}
