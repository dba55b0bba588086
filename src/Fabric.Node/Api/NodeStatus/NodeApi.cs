using System.Globalization;
using Fabric.Node.Alarms;
using Fabric.Node.Hosting;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Api.NodeStatus;

/// <summary>What this node knows, measured when it is asked.</summary>
internal sealed class NodeApi(NodeOptions options, IConsensus consensus, TableLoop table, Readiness readiness, NodeParts parts, Guid identity, Func<string?> notVoting, AlarmBoard alarms)
{
    public const string Route = "/api/v1/node";

    private static readonly string Version = typeof(NodeApi).Assembly.GetName().Version?.ToString(3) ?? "0";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, GetAsync).WithTags("node").Describe("The answering node's own state").Answers<NodeBody>(200, 500);

    private async Task<IResult> GetAsync(CancellationToken token) =>
        TypedResults.Json(await BodyAsync(token), ApiJson.Full.NodeBody);

    public async Task<NodeBody> BodyAsync(CancellationToken token)
    {
        var view = await table.ViewAsync(token);
        var status = consensus.Status;
        var state = consensus.State;
        var reason = readiness.WhyNot();
        var support = parts.Override;
        return new NodeBody
        {
            Name = options.Name,
            Pid = Environment.ProcessId,
            Version = Version,
            FabricId = state.Identity?.Id,
            Capacity = state.Identity?.Capacity,
            Flags = state.Flags.Flags.Count,
            Role = status.Role.ToString().ToLowerInvariant(),
            Term = status.Term,
            Leader = status.Leader,
            // A leader's empty entries are committed and say nothing: with no other outstanding, all revisions are applied.
            CommitRevision = status.CommitIndex > status.AppliedIndex ? status.CommitIndex : state.AppliedIndex,
            AppliedRevision = state.AppliedIndex,
            Revision = state.Flags.Revision,
            Table = view?.Path,
            TableRevision = view?.Revision,
            TableDigest = view is null ? null : Hex(view.Digest),
            TableKind = view?.Kind.ToString().ToLowerInvariant(),
            Labels = options.Labels,
            TableIsFileBecause = view?.WhyFile,
            Override = new OverrideBody(support.Supported, support.Supported ? null : support.Sentence),
            Privileges = parts.Privileges is { } held ? new PrivilegesBody(held.User, held.Effective.Names, held.NoNewPrivileges) : null,
            Data = Path.GetFullPath(options.DataDirectory),
            Time = parts.Time.GetUtcNow(),
            LastContact = status.LastContact,
            StateDigest = new StateDigestBody(state.AppliedIndex, Hex(state.Digest)),
            DiskFreeBytes = new DriveInfo(Path.GetFullPath(options.DataDirectory)).AvailableFreeSpace,
            Identity = identity,
            NotVoting = notVoting(),
            Alarms = [.. alarms.Current.Select(static alarm => new AlarmBody(alarm.Kind, alarm.Since, alarm.Detail, alarm.Cure))],
            Ready = reason is null,
            NotReady = reason,
        };
    }

    private static string Hex(ulong digest) => digest.ToString("x16", CultureInfo.InvariantCulture);
}
