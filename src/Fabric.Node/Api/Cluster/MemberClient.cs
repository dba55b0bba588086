using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fabric.Node.Api.NodeStatus;
using Fabric.Node.Json;
using Fabric.Node.Options;

namespace Fabric.Node.Api.Cluster;

/// <summary>Asks another host something, for a short time.</summary>
internal sealed class MemberClient(HttpClient http, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What it says of itself, or why it could not be asked.</summary>
    public Task<(NodeBody? Node, string? Error)> NodeAsync(NodeMember member, CancellationToken token) =>
        GetAsync(member.Http, NodeApi.Route, ApiJson.Full.NodeBody, token);

    /// <summary>What it answers at an address, or why it could not be asked.</summary>
    public async Task<(T? Answer, string? Error)> GetAsync<T>(Uri host, string path, JsonTypeInfo<T> type, CancellationToken token)
        where T : class
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await using var body = await http.GetStreamAsync(new Uri(host, path), both.Token);
            return (await JsonSerializer.DeserializeAsync(body, type, both.Token), null);
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
