using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Doctor.Facts;

/// <summary>Asks every member in person.</summary>
internal static class MemberSurvey
{
    /// <summary>The quickest of some answers tells most exactly what time it is there.</summary>
    private const int Times = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>All members that the node called <paramref name="self"/> knows of; null when the node does not say.</summary>
    public static async Task<IReadOnlyList<MemberFacts>?> OfAsync(Session session, string self, TimeProvider time, CancellationToken token)
    {
        if (await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), token) is not { IsSuccess: true } cluster)
            return null;
        var asked = cluster.Json.GetProperty("members").EnumerateArray().Select(member => AskAsync(member, AddressOf(member, self, cluster.Endpoint), time, token));
        return await Task.WhenAll(asked);
    }

    /// <summary>A node that has chosen its port by itself does not tell it to others, and has answered already.</summary>
    private static Uri AddressOf(JsonElement member, string self, Uri answering) =>
        member.GetProperty("name").GetString() == self ? answering : new Uri(member.GetProperty("http").GetString()!);

    private static async Task<MemberFacts> AskAsync(JsonElement member, Uri address, TimeProvider time, CancellationToken token)
    {
        var name = member.GetProperty("name").GetString()!;
        using var client = new NodeClient([address], "doctor", TextWriter.Null);
        NodeFacts? node = null;
        ClockDifference? clock = null;
        for (var i = 0; i < Times; i++)
        {
            var sent = time.GetUtcNow();
            var since = time.GetTimestamp();
            if (await client.SendAsync(new Call(HttpMethod.Get, "/api/v1/node") { Timeout = Patience }, token) is not { IsSuccess: true } reply)
                return new MemberFacts(name, $"{address.Authority} does not answer this host") { AnswersNode = member.GetProperty("reachable").GetBoolean() };
            node = NodeFacts.Read(reply.Json);
            var half = time.GetElapsedTime(since) / 2;
            if (node.Time is { } there && (clock is null || half < clock.Value.Uncertainty))
                clock = new ClockDifference(there - (sent + half), half);
        }

        return new MemberFacts(name, null, node!.Fabric, node.AppliedRevision, clock);
    }
}
