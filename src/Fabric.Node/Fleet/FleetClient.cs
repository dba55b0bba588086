using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Node.Feeding;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Fleet;

/// <summary>Asks a voter how far the hosts are that it feeds, once they have reached a revision or the time is up.</summary>
internal sealed class FleetClient(HttpClient http, IConsensus consensus, TimeProvider time)
{
    /// <summary>Time that the answer itself may take, beyond the wait.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Null where it cannot be asked.</summary>
    public async Task<ImmutableArray<HostProgress>?> AskAsync(NodeMember voter, long revision, TimeSpan wait, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(wait + Grace, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        var address = new Uri(voter.Http, $"{InternalRoutes.Fleet}?revision={revision}&milliseconds={(int)wait.TotalMilliseconds}");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(NodesOnly.Header, $"{consensus.State.Identity?.Id:D}");
        try
        {
            using var response = await http.SendAsync(request, both.Token);
            if (!response.IsSuccessStatusCode)
                return null;
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            var now = time.GetUtcNow();
            return (await JsonSerializer.DeserializeAsync(body, FeedJson.Default.ProgressWire, both.Token))?.Hosts.Select(host => host.ToProgress(now)).ToImmutableArray();
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return null;
        }
    }
}
