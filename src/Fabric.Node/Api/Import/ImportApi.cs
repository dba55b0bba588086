using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;
using Fabric.Raft;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Api.Import;

/// <summary>Whole files of flags in flagd's format, written at once.</summary>
internal sealed class ImportApi(ReadFence reads, WriteDesk desk, NodeOptions options)
{
    public const string Route = "/api/v1/import";

    private readonly WriteGate _gate = new(options.Limits.ImportsInFlight);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Route, ImportAsync).WithTags("import")
            .Describe("Create and replace flags from a file in flagd's format; ?dryRun=true only says what would be, ?partial=true leaves out what is refused").WaitsForFleet()
            .Takes<RawJson>(JsonBody.Json).Answers<ImportReportBody>(200, 400, 413, 415, 422, 429, 503, 504, 507);

    private async Task<IResult> ImportAsync(HttpContext http, CancellationToken token)
    {
        using var place = _gate.TryEnter();
        if (place is null)
            return Refusals.TooManyImports(_gate.Limit);
        var (request, invalid) = await ImportRequest.ReadAsync(http, options.Limits.ImportBytes);
        if (request is null)
            return invalid!;
        if (!request.DryRun && desk.Check(request.Operation, http.Request, request.Utf8.Span) is { } reused)
            return reused;
        var (state, unread) = await reads.ReadAsync(new ReadQuery(Linearizable: true, MinRevision: 0), token);
        return state is null
            ? unread! with { Kind = "no-leader", Detail = $"{unread.Detail}; nothing was applied" }
            : await WriteAsync(http, request, state);
    }

    private async Task<IResult> WriteAsync(HttpContext http, ImportRequest request, FabricState state)
    {
        var plan = new ImportPlan(request.Document, state.Flags, request.Operation, request.Message);
        var obstacle = plan.Rehearse(state.Identity?.Capacity ?? options.Capacity);
        var sets = plan.Sets().Count();
        var refused = plan.HasRefused && !request.Partial;
        if ((refused || obstacle is not null) && !request.DryRun)
            plan.Abandon();
        if (refused)
            return Refusals.ImportRefused(plan.Report(request.DryRun, sets));
        if (obstacle is not null)
            return desk.Refusal(new WriteResult.Decided(obstacle, []), request.Operation.Id, byHeader: false)! with { Report = plan.Report(request.DryRun, sets) };
        if (request.DryRun)
            return Answer(http, plan.Report(dryRun: true, sets));

        var (written, refusal) = await new ImportWriter(desk).WriteAsync(http, plan, state.Flags.Revision, request.Operation);
        var report = plan.Report(dryRun: false, written);
        return refusal is null ? Answer(http, report) : refusal with { Report = report };
    }

    private static JsonHttpResult<ImportReportBody> Answer(HttpContext http, ImportReportBody report)
    {
        http.Response.Headers[Revisions.Header] = report.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TypedResults.Json(report, ApiJson.Sparse.ImportReportBody);
    }
}
