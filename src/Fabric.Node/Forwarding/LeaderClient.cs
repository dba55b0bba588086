using System.Net.Http.Headers;
using System.Text.Json;
using Fabric.Flags.Changes;
using Fabric.Node.Api.Changes;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Forwarding;

/// <summary>Asks the leader over HTTP, one attempt a call.</summary>
internal sealed class LeaderClient(IReadOnlyList<NodeMember> members, HttpClient http, TimeSpan attemptTimeout, IConsensus consensus, TimeProvider time)
{
    /// <summary>Passes a write on. What is answered is certain only when the leader said it.</summary>
    public async Task<WriteResult> ProposeAsync(string leader, ChangeSet changes, CancellationToken token)
    {
        if (AddressOf(leader, InternalRoutes.Changes) is not { } address)
            return new WriteResult.NoLeader($"the leader \"{leader}\" is not among the members this node knows");

        var content = new WatchedContent(ChangeSetWriter.ToUtf8(changes));
        content.Headers.ContentType = new MediaTypeHeaderValue(JsonBody.Json);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Add(Operation.Header, changes.OperationId.ToString("D"));
        try
        {
            using var response = await SendAsync(request, token);
            // A request that is refused, or comes before the log is replayed, appended nothing; one that failed may have.
            if ((int)response.StatusCode is 503 or (>= 300 and < 500))
                return new WriteResult.NoLeader($"\"{leader}\" answered {(int)response.StatusCode}");
            if (!response.IsSuccessStatusCode)
                return new WriteResult.Unknown($"the leader \"{leader}\" failed with {(int)response.StatusCode}");
            await using var body = await response.Content.ReadAsStreamAsync(token);
            return OutcomeMapping.FromWire(await JsonSerializer.DeserializeAsync(body, ApiJson.Full.OutcomeWire, token));
        }
        catch (Exception failed) when (!content.Begun && IsLost(failed))
        {
            // No connection came about in time, so the leader got nothing.
            return new WriteResult.NoLeader($"\"{leader}\" cannot be reached");
        }
        catch (Exception lost) when (IsLost(lost))
        {
            return new WriteResult.Unknown($"the answer of the leader \"{leader}\" did not arrive");
        }
    }

    /// <summary>The index that a linearizable read must have seen; null when the leader did not confirm one.</summary>
    public async Task<long?> ReadIndexAsync(string leader, CancellationToken token)
    {
        if (AddressOf(leader, InternalRoutes.ReadIndex) is not { } address)
            return null;
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        try
        {
            using var response = await SendAsync(request, token);
            if (!response.IsSuccessStatusCode)
                return null;
            await using var body = await response.Content.ReadAsStreamAsync(token);
            return (await JsonSerializer.DeserializeAsync(body, ApiJson.Full.ReadIndexWire, token))?.Index;
        }
        catch (Exception lost) when (IsLost(lost))
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
    {
        if (consensus.State.Identity is { } identity)
            request.Headers.Add(NodesOnly.Header, identity.Id.ToString("D"));
        using var deadline = new CancellationTokenSource(attemptTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        // The whole answer is buffered here, so that the time bounds its body too.
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
    }

    private static bool IsLost(Exception failed) =>
        failed is HttpRequestException or IOException or OperationCanceledException or JsonException;

    private Uri? AddressOf(string leader, string path) =>
        members.FirstOrDefault(member => member.Name == leader) is { } member ? new Uri(member.Http, path) : null;
}
