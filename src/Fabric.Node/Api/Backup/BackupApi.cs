using System.Globalization;
using Fabric.Flags;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Api.Backup;

/// <summary>The whole fabric as one file, from a node that goes on working meanwhile.</summary>
internal sealed class BackupApi(IConsensus consensus, ReadFence reads)
{
    public const string Route = "/api/v1/backup";

    /// <summary>Each holds a copy of the whole state in memory until it is sent.</summary>
    private const int AtOnce = 2;

    private readonly WriteGate _gate = new(AtOnce);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, SendAsync).WithTags("backup")
            .Describe("Read the whole fabric, its history too, as one checked file; its Fabric-Revision header says which revision it has seen")
            .Produces<string>(200, "application/octet-stream").Refuses(400, 503);

    private async Task<IResult> SendAsync(HttpContext http, string? consistency, string? minRevision)
    {
        using var place = _gate.TryEnter();
        if (place is null)
            return Refusals.TooManyBackups(_gate.Limit);
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "consistency", "minRevision");
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);
        var (state, refusal) = await reads.ReadAsync(query, http.RequestAborted);
        if (state is null)
            return refusal!;

        using var bytes = new MemoryStream();
        if (await consensus.WriteSnapshotAsync(bytes, http.RequestAborted) is not { } taken)
            return Refusals.NotReady("there is nothing to take a backup of");
        Revisions.Stamp(http.Response, taken);
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"fabric-{taken.Flags.Revision}.backup\"");
        bytes.Position = 0;
        await bytes.CopyToAsync(http.Response.Body, http.RequestAborted);
        return TypedResults.Empty;
    }
}
