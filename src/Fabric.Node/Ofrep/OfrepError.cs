using System.Globalization;
using Fabric.Node.Json;
using Fabric.Node.Problems;

namespace Fabric.Node.Ofrep;

/// <summary>A request that is not answered by an evaluation. As a result it writes itself as OFREP wants it.</summary>
/// <param name="Status">Of the response.</param>
/// <param name="Code">OFREP's error code; null where OFREP has none for the status.</param>
/// <param name="Details">What is wrong, in words.</param>
internal sealed record OfrepError(int Status, string? Code, string Details) : IResult
{
    public const string ParseError = "PARSE_ERROR";
    public const string InvalidContext = "INVALID_CONTEXT";
    public const string FlagNotFound = "FLAG_NOT_FOUND";
    public const string General = "GENERAL";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>The flag that was asked for; null for all of them.</summary>
    public string? Key { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static OfrepError NotParsed(string details) => new(400, ParseError, details);

    public static OfrepError NoContext(string details) => new(400, InvalidContext, details);

    public static OfrepError NotFound(string key) => new(404, FlagNotFound, $"there is no flag \"{key}\"") { Key = key };

    public static OfrepError Busy(string what, int limit) =>
        new(429, null, $"this node works on {limit} {what} at once; try again") { RetryAfter = Soon };

    public static OfrepError NotNow(string details) => new(503, General, details) { RetryAfter = Soon };

    /// <summary>What any part of the node refused, said as OFREP's clients read it.</summary>
    public static OfrepError From(Refusal refusal) =>
        new(refusal.Status, refusal.Status == 400 ? ParseError : null, refusal.Detail) { RetryAfter = refusal.RetryAfter };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(
            new OfrepErrorBody { Key = Key, ErrorCode = Code, ErrorDetails = Details }, ApiJson.Sparse.OfrepErrorBody, JsonBody.Json, httpContext.RequestAborted);
    }
}
