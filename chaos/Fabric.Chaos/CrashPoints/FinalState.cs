using System.Text.Json.Nodes;

namespace Fabric.Chaos.CrashPoints;

/// <summary>What a node holds when all is over, in the format of a run.</summary>
internal static class FinalState
{
    private const int FlagsAPage = 1_000, SetsAPage = 100;

    /// <summary>Asks the node; waits until its table has all that its log has.</summary>
    public static async Task<JsonObject> OfAsync(HttpClient http, Uri node, string host, TimeSpan within)
    {
        var status = await WrittenAsync(http, node, within);
        var (sets, since) = await HistoryAsync(http, node);
        return new JsonObject
        {
            ["host"] = host,
            ["revision"] = (long)status["appliedRevision"]!,
            ["since"] = since,
            ["stateDigest"] = status["stateDigest"]!["value"]!.ToString(),
            ["tableDigest"] = status["tableDigest"]!.ToString(),
            ["tableRevision"] = (long)status["tableRevision"]!,
            ["flags"] = await FlagsAsync(http, node),
            ["log"] = sets,
        };
    }

    private static async Task<JsonNode> WrittenAsync(HttpClient http, Uri node, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        while (true)
        {
            var status = JsonNode.Parse(await http.GetStringAsync(new Uri(node, "/api/v1/node"), deadline.Token))!;
            if ((long?)status["tableRevision"] >= (long)status["appliedRevision"]!)
                return status;
            await Task.Delay(20, deadline.Token);
        }
    }

    private static async Task<JsonArray> FlagsAsync(HttpClient http, Uri node)
    {
        var all = new JsonArray();
        var page = JsonNode.Parse(await http.GetStringAsync(new Uri(node, $"/api/v1/flags?consistency=local&limit={FlagsAPage}")))!;
        foreach (var flag in page["flags"]!.AsArray())
            all.Add(new JsonObject { ["key"] = flag!["key"]!.ToString(), ["value"] = (long)flag["definition"]!["variants"]!["v"]!, ["revision"] = (long)flag["revision"]! });
        return all;
    }

    private static async Task<(JsonArray Sets, long Since)> HistoryAsync(HttpClient http, Uri node)
    {
        var all = new JsonArray();
        long? before = null;
        while (true)
        {
            var page = JsonNode.Parse(await http.GetStringAsync(new Uri(node, $"/api/v1/history?limit={SetsAPage}{(before is null ? "" : $"&before={before}")}")))!;
            foreach (var set in page["changeSets"]!.AsArray())
                all.Add(new JsonObject { ["revision"] = (long)set!["revision"]!, ["op"] = set["message"]?.ToString(), ["changes"] = Changes(set["changes"]!.AsArray()) });
            before = (long?)page["next"];
            if (before is null)
                return (all, (long)page["since"]!);
        }
    }

    private static JsonArray Changes(JsonArray changes)
    {
        var all = new JsonArray();
        foreach (var change in changes)
        {
            var one = new JsonObject { ["key"] = change!["key"]!.ToString() };
            if (change["definition"] is { } definition)
                one["value"] = (long)definition["variants"]!["v"]!;
            else
                one["deleted"] = true;
            all.Add(one);
        }

        return all;
    }
}
