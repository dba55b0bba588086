using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Api;
using Fabric.Node.Evaluation;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Reads;
using Fabric.Node.Usage;
using Fabric.Node.Writes;
using Microsoft.Extensions.Primitives;

namespace Fabric.Node.Ofrep;

/// <summary>Evaluation over HTTP: the OpenFeature Remote Evaluation Protocol, 0.3.</summary>
internal sealed class OfrepApi(FlagEvaluation evaluation, UsageLoop usage, ReadFence reads, NodeLimits limits)
{
    public const string Prefix = "/ofrep/v1";
    public const string EventsRoute = Prefix + "/events";
    private const string Route = Prefix + "/evaluate/flags";

    private static readonly OfrepStreamBody[] Streams = [new("sse", new OfrepStreamEndpoint(EventsRoute))];

    private readonly WriteGate _gate = new(limits.EvaluationsInFlight);

    public void Map(IEndpointRouteBuilder routes)
    {
        var flags = routes.MapGroup(Route).WithTags("ofrep");
        flags.MapPost("/{key}", (HttpContext http, string key) => WithinBoundsAsync(http, OneAsync))
            .DescribeEvaluation<OfrepFlagBody>("Evaluate a flag").Produces<OfrepErrorBody>(404, JsonBody.Json);
        flags.MapPost("", (HttpContext http, string? flagConfigEtag, string? flagConfigLastModified) => WithinBoundsAsync(http, one => AllAsync(one, flagConfigEtag)))
            .DescribeEvaluation<OfrepBulkBody>("Evaluate all flags; If-None-Match is understood").Produces(304);
    }

    private async Task<IResult> OneAsync(HttpContext http)
    {
        var wrongs = new List<Problem>();
        var key = PathKey.Read(http, wrongs);
        var (request, error) = await OfrepRequest.ReadAsync(http, limits.BodyBytes);
        using (request)
        {
            if (request is null)
                return error! with { Key = key };
            // A key that cannot be is one that is not there.
            var (state, result) = await evaluation.OneAsync(key, request.Caller, http.RequestAborted);
            Revisions.Stamp(http.Response, state);
            Count(key, result);
            return result switch
            {
                FlagResult.NotFound => OfrepError.NotFound(key),
                FlagResult.NotNow not => OfrepError.NotNow(not.Details) with { Key = key },
                _ => TypedResults.Json(OfrepAnswers.From(result), ApiJson.Sparse.OfrepFlagBody, statusCode: result is FlagResult.Failed ? 400 : 200),
            };
        }
    }

    /// <summary>Whoever asks for all flags asks for none of them by its name, and is not counted.</summary>
    private void Count(string key, FlagResult result)
    {
        var variant = result is FlagResult.Given { Variant: { } index } given ? given.Flag.Definition.Variants[index].Name : null;
        if (result is not FlagResult.NotNow)
            usage.CountRemote(key, variant, missed: result is FlagResult.NotFound);
    }

    private async Task<IResult> AllAsync(HttpContext http, string? eventTag)
    {
        var (request, error) = await OfrepRequest.ReadAsync(http, limits.BodyBytes);
        using (request)
        {
            if (request is null)
                return error!;
            if (await ReachAsync(eventTag, http.RequestAborted) is { } behind)
                return behind;
            var (state, results, details) = await evaluation.AllAsync(request.Caller, http.RequestAborted);
            Revisions.Stamp(http.Response, state);
            return results is null ? OfrepError.NotNow(details!) : Bulk(http, results);
        }
    }

    /// <summary>An event named a revision: behind a balancer the request may reach a node that does not have it yet.</summary>
    private async Task<OfrepError?> ReachAsync(string? eventTag, CancellationToken token)
    {
        if (!long.TryParse(eventTag, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            return null;
        var (_, refusal) = await reads.ReadAsync(new ReadQuery(Linearizable: false, revision), token);
        return refusal is null ? null : OfrepError.NotNow(refusal.Detail);
    }

    private static IResult Bulk(HttpContext http, IReadOnlyList<FlagResult> results)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new OfrepBulkBody([.. results.Select(result => OfrepAnswers.From(result)!)], Streams), ApiJson.Sparse.OfrepBulkBody);
        // Of the answers themselves: a clock or a caller changes them without any revision.
        var tag = $"\"{XxHash128.HashToUInt128(body):x32}\"";
        http.Response.Headers.ETag = tag;
        return Matches(http.Request.Headers.IfNoneMatch, tag) ? TypedResults.StatusCode(304) : TypedResults.Bytes(body, JsonBody.Json);
    }

    private static bool Matches(StringValues sent, string tag) => sent
        .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
        .Any(one => one == "*" || (one.StartsWith("W/", StringComparison.Ordinal) ? one[2..] : one) == tag);

    private async Task<IResult> WithinBoundsAsync(HttpContext http, Func<HttpContext, Task<IResult>> answer)
    {
        using var place = _gate.TryEnter();
        return place is null ? OfrepError.Busy("evaluations", _gate.Limit) : await answer(http);
    }
}
