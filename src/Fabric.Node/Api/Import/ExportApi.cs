using Fabric.Flags;
using Fabric.Flags.Documents;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Reads;

namespace Fabric.Node.Api.Import;

/// <summary>All flags as one file in flagd's format, which an import takes back as it is.</summary>
internal sealed class ExportApi(ReadFence reads)
{
    public const string Route = "/api/v1/export";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, ExportAsync).WithTags("import").Describe("Read all flags as one file in flagd's format").Answers<RawJson>(200, 400, 503);

    private async Task<IResult> ExportAsync(HttpContext http, string? consistency, string? minRevision)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "consistency", "minRevision");
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var (state, refusal) = await reads.ReadAsync(query, http.RequestAborted);
        if (state is null)
            return refusal!;
        Revisions.Stamp(http.Response, state);
        return TypedResults.Stream(output => DocumentWriter.WriteAsync(state.Flags, output, http.RequestAborted), JsonBody.Json);
    }
}
