using System.Text.Json;
using Fabric.Node.Api.NodeStatus;
using Fabric.Node.Json;
using Fabric.Node.Options;

namespace Fabric.Node.Api.Cluster;

/// <summary>Asks a member how it is, for a short time.</summary>
internal sealed class MemberClient(HttpClient http, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What it says of itself, or why it could not be asked.</summary>
    public async Task<(NodeBody? Node, string? Error)> NodeAsync(NodeMember member, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await using var body = await http.GetStreamAsync(new Uri(member.Http, NodeApi.Route), both.Token);
            return (await JsonSerializer.DeserializeAsync(body, ApiJson.Full.NodeBody, both.Token), null);
        }
        catch (OperationCanceledException)
        {
            return (null, $"no answer within {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or JsonException)
        {
            return (null, failed.Message);
        }
    }
}
