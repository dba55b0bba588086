using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Changes;
using Fabric.Node.Forwarding;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Brings changes of the list of hosts to whoever leads, inside the time a write has. All attempts are one operation.</summary>
internal sealed class HostWriter(
    IConsensus consensus, LocalProposer local, IReadOnlyList<NodeMember> voters, HttpClient http, NodeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<WriteResult> WriteAsync(ImmutableArray<HostChange> changes, CancellationToken token)
    {
        var set = new ChangeSet(Guid.NewGuid(), []) { Hosts = changes };
        using var deadline = new CancellationTokenSource(options.WriteTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        WriteResult.Unknown? doubt = null;
        while (true)
        {
            var attempt = await AttemptAsync(set, both.Token);
            // Once an attempt may be in the log, no later refusal takes that back.
            doubt = attempt as WriteResult.Unknown ?? doubt;
            if (attempt is WriteResult.Decided || (attempt is WriteResult.Refused or WriteResult.NoRoom && doubt is null))
                return attempt;
            try
            {
                await Task.Delay(Pause, time, both.Token);
            }
            catch (OperationCanceledException)
            {
                return (WriteResult?)doubt ?? new WriteResult.NoLeader($"no leader took the change within {options.WriteTimeout.TotalSeconds:0.###} s");
            }
        }
    }

    private async Task<WriteResult> AttemptAsync(ChangeSet set, CancellationToken token)
    {
        var own = await local.ProposeAsync(set, token);
        if (own is not WriteResult.NoLeader other || token.IsCancellationRequested)
            return own;
        var leader = voters.FirstOrDefault(voter => voter.Name == (other.Leader ?? consensus.Status.Leader));
        return leader is null || leader.Name == options.Name ? own : await AskAsync(leader, set, token);
    }

    private async Task<WriteResult> AskAsync(NodeMember leader, ChangeSet set, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(options.ForwardTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(leader.Http, InternalRoutes.Hosts))
        {
            Content = JsonContent.Create(HostChangesWire.From(set), MembershipJson.Default.HostChangesWire),
        };
        if (consensus.State.Identity is { } fabric)
            request.Headers.Add(NodesOnly.Header, fabric.Id.ToString("D"));
        try
        {
            // The length is known beforehand, as every body that a node takes needs.
            await request.Content.LoadIntoBufferAsync(both.Token);
            using var response = await http.SendAsync(request, both.Token);
            if (!response.IsSuccessStatusCode)
                return new WriteResult.NoLeader($"\"{leader.Name}\" answered {(int)response.StatusCode}");
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            return OutcomeMapping.FromWire(await JsonSerializer.DeserializeAsync(body, ApiJson.Full.OutcomeWire, both.Token));
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            return new WriteResult.Unknown($"the answer of the leader \"{leader.Name}\" did not arrive");
        }
    }
}
