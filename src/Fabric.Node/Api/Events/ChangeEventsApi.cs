using Fabric.Flags;
using Fabric.Node.Api.History;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;
using Microsoft.AspNetCore.Mvc;

namespace Fabric.Node.Api.Events;

/// <summary>Every change set as a server-sent event, from any revision that is kept, at any node.</summary>
internal sealed class ChangeEventsApi(EventRing ring, ReadFence reads, NodeOptions options, TimeProvider time, CancellationToken stopping)
{
    public const string Route = "/api/v1/events";

    private readonly WriteGate _gate = new(options.Limits.ChangeStreams);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, ListenAsync).WithTags("history")
            .Describe("Server-sent events: every change set after ?after= or Last-Event-ID, in order and without a gap; ?keys=PREFIX* tells of some flags only")
            .Produces<PastSetBody>(200, EventWriter.Type).Refuses(400, 410, 503);

    private async Task<IResult> ListenAsync(HttpContext http, string? after, string? keys, [FromHeader(Name = EventWriter.LastId)] string? lastEventId)
    {
        using var place = _gate.TryEnter();
        if (place is null)
            return Refusals.TooManyStreams(_gate.Limit);
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "after", "keys");
        var filter = KeyFilter.Read(keys, problems);
        // A browser that connects again sends the same address, and in the header how far it has come.
        var from = lastEventId is not null ? RevisionText.Read(EventWriter.LastId, lastEventId, problems)
            : after is not null ? RevisionText.Read("?after", after, problems) : ring.Newest;
        if (problems.Count > 0)
            return Refusals.Invalid(problems);
        if (await WhyNotAsync(from, http.RequestAborted) is { } refusal)
            return refusal;

#if FABRIC_PLANTS
        if (Plant.Is("events-resume-now"))
            from = ring.Newest;
#endif
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await new EventWriter(http.Response, ring, filter, options.EventsKeepAlive, time).RunAsync(from, end.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever listened has gone, or the node stops: the stream ends.
        }

        return TypedResults.Empty;
    }

    /// <summary>Why nothing can be told from a revision on.</summary>
    private async Task<Refusal?> WhyNotAsync(long from, CancellationToken token)
    {
        if (ring.After(from, 0) is { Lost: true } lost)
            return Refusals.EventsGone(from, lost.Oldest);
        if (from <= ring.Newest)
            return null;
        // Another node may have told more than this one has; a revision that the fabric never had comes from another fabric.
        var (state, refusal) = await reads.ReadAsync(new ReadQuery(Linearizable: true, MinRevision: 0), token);
        if (state is null)
            return refusal;
        return from > state.AppliedIndex ? Refusals.EventsUnknown(from, state.Flags.Revision) : null;
    }
}
