using Fabric.Node.Api.Attachments;
using Fabric.Node.Api.Backup;
using Fabric.Node.Api.Changes;
using Fabric.Node.Api.Events;
using Fabric.Node.Api.Flags;
using Fabric.Node.Api.History;
using Fabric.Node.Api.Import;
using Fabric.Node.Forwarding;
using Fabric.Node.Ofrep;
using Fabric.Node.Problems;

namespace Fabric.Node.Hosting;

/// <summary>Before the log is replayed there are no flags to speak of, and nobody to propose to.</summary>
internal sealed class UntilStarted(Readiness readiness)
{
    private static readonly string[] NeedLog =
    [
        FlagsApi.Route, ChangesApi.Route, AttachmentsApi.Route, AttachmentsApi.BuildsRoute, HistoryApi.Route, RollbackApi.Route, ChangeEventsApi.Route,
        BackupApi.Route, ImportApi.Route, ExportApi.Route, InternalRoutes.Prefix,
    ];

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path;
        // How a node stands to the fabric is asked when all of them have just started.
        if (readiness.Started || path.StartsWithSegments(InternalRoutes.Standing))
            return next(http);
        if (path.StartsWithSegments(OfrepApi.Prefix))
            return OfrepError.NotNow("the log is not replayed yet").ExecuteAsync(http);
        return Array.Exists(NeedLog, route => path.StartsWithSegments(route))
            ? Refusals.NotReady("the log is not replayed yet; nothing was applied").ExecuteAsync(http)
            : next(http);
    }
}
