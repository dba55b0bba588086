using Fabric.Flags.Attachments;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Feeding;
using Fabric.Node.Fleet;
using Fabric.Node.Json;
using Fabric.Raft;

namespace Fabric.Node.Api.Attachments;

/// <summary>What became of attachments on all hosts, each asked when this is.</summary>
internal sealed class FleetAttachments(string self, HostAttachments host, MemberClient client, FleetWait fleet, KnownVoters voters)
{
    /// <summary>Hosts that are asked at once, however many there are.</summary>
    private const int AskedAtOnce = 64;

    /// <summary>A host, and where it answers; null where it is not in touch.</summary>
    private sealed record Asked(string Name, Uri? Http, DateTimeOffset? Heard);

    private sealed record Told(string Host, IReadOnlyDictionary<string, AttachmentBody>? Attachments, string? Error);

    /// <summary>The attachments of a state, each with all hosts in the order of their names.</summary>
    /// <param name="state">The state.</param>
    /// <param name="id">The only one that is asked for; null for all.</param>
    /// <param name="token">Ends the wait.</param>
    public async Task<IReadOnlyList<AttachmentBody>> AllAsync(FabricState state, string? id, CancellationToken token)
    {
        var hosts = await HostsAsync(token);
        var told = new Told[hosts.Count];
        var bound = new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = token };
        await Parallel.ForAsync(0, hosts.Count, bound, async (i, ends) => told[i] = await AskAsync(hosts[i], state, id, ends));
        return [.. HostAttachments.Of(state, id).Select(wanted => AttachmentBody.From(wanted, [.. told.Select(one => Of(one, wanted))]))];
    }

    /// <summary>The voters and all that are fed, whether or not they are in touch.</summary>
    private async Task<IReadOnlyList<Asked>> HostsAsync(CancellationToken token)
    {
        var hosts = new SortedDictionary<string, Asked>(StringComparer.Ordinal) { [self] = new Asked(self, null, null) };
        foreach (var known in await fleet.LookAsync(token))
        {
            var http = known.Connected && Uri.TryCreate(known.Http, UriKind.Absolute, out var address) ? address : null;
            hosts[known.Name] = new Asked(known.Name, http, known.Heard);
        }

        foreach (var voter in voters)
            hosts[voter.Name] = new Asked(voter.Name, voter.Http, null);
        return [.. hosts.Values];
    }

    private async Task<Told> AskAsync(Asked asked, FabricState state, string? id, CancellationToken token)
    {
        if (asked.Name == self)
            return new Told(self, host.All(state, id).ToDictionary(static one => one.Id, StringComparer.Ordinal), null);
        if (asked.Http is not { } http)
            return new Told(asked.Name, null, $"not in touch with the fabric; heard of last at {asked.Heard:O}");
        var path = $"{AttachmentsApi.Route}?{AttachmentsApi.HostOnly}{(id is null ? "" : $"&id={id}")}";
        var (list, error) = await client.GetAsync(http, path, ApiJson.Full.AttachmentListBody, token);
        return new Told(asked.Name, list?.Attachments.ToDictionary(static one => one.Id, StringComparer.Ordinal), error);
    }

    private static AttachmentHostBody Of(Told told, WantedAttachment wanted)
    {
        if (told.Attachments is null)
            return new AttachmentHostBody(told.Host, AttachmentHostBody.Unreachable, told.Error, []);
        return told.Attachments.GetValueOrDefault(wanted.Request.Id) is { Hosts: [var here, ..] } known && known.Revision >= wanted.Revision
            ? here with { Host = told.Host }
            : new AttachmentHostBody(told.Host, AttachmentHostBody.Pending, $"the host has not reached revision {wanted.Revision} yet", []);
    }
}
