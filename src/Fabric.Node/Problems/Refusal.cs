using System.Collections.Immutable;
using System.Globalization;
using Fabric.Flags;
using Fabric.Node.Api.Import;
using Fabric.Node.Json;

namespace Fabric.Node.Problems;

/// <summary>Why a request is not answered as asked. As a result it writes itself as problem details.</summary>
internal sealed record Refusal(int Status, string Kind, string Title, string Detail) : IResult
{
    public const string ContentType = "application/problem+json";

    public ImmutableArray<Problem> Errors { get; init; } = [];

    /// <summary>Null says the usual: a refused write was not applied, and a read has nothing to apply.</summary>
    public string? Applied { get; init; }

    public Guid? OperationId { get; init; }
    public string? Key { get; init; }
    public long? ActualRevision { get; init; }
    public long? OldestRevision { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public ImportReportBody? Report { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(Body(httpContext.Request), ApiJson.Sparse.ProblemBody, ContentType, httpContext.RequestAborted);
    }

    private ProblemBody Body(HttpRequest request) => new()
    {
        Type = $"urn:fabric:problem:{Kind}",
        Title = Title,
        Status = Status,
        Detail = Detail,
        Applied = Applied ?? (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? null : "no"),
        OperationId = OperationId?.ToString("D"),
        Key = Key,
        ActualRevision = ActualRevision,
        OldestRevision = OldestRevision,
        Errors = Errors.IsDefaultOrEmpty ? null : Errors,
        Report = Report,
    };
}
