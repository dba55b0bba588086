using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;
using Fabric.Chaos.Traffic;

namespace Fabric.Chaos.Running;

/// <summary>What comes after the faults: everything runs, all hosts become equal, and what they hold is written down.</summary>
internal static class Healing
{
    /// <summary>How long it is waited; the promise is ten seconds, and a run in which it takes longer says so.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until all hosts say the same; gives the moment, or null.</summary>
    internal static async Task<long?> BecomeEqualAsync(Lab lab, long since)
    {
        while (JsonLinesFile.Now - since < Longest.TotalNanoseconds)
        {
            foreach (var host in lab.Hosts)
                host.Start();
            var statuses = await Task.WhenAll(lab.Hosts.Select(static host => host.StatusAsync()));
            if (AreEqual(statuses))
                return JsonLinesFile.Now;
            await Task.Delay(Poll);
        }

        return null;
    }

    /// <summary>Writes <c>final-HOST.json</c>: the flags of the host, and every change set that it can still name.</summary>
    /// <returns>Whether the host said all of it.</returns>
    internal static async Task<bool> RecordAsync(Host host, string folder)
    {
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"final-{host.Name}.json"), (await AskAsync(host)).ToJsonString());
            return true;
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<JsonObject> AskAsync(Host host)
    {
        using var client = host.Door.NewClient(TimeSpan.FromSeconds(60));
        var status = await client.GetFromJsonAsync<JsonElement>(new Uri(host.Plan.Url, "/api/v1/node"));
        var flags = await client.GetFromJsonAsync<JsonElement>(new Uri(host.Plan.Url, "/api/v1/flags?consistency=local&limit=1000"));
        var (since, log) = await LogAsync(client, host, status.GetProperty("revision").GetInt64());
        return new JsonObject
        {
            ["host"] = host.Name,
            ["revision"] = status.GetProperty("revision").GetInt64(),
            ["applied"] = status.GetProperty("appliedRevision").GetInt64(),
            ["stateDigest"] = status.GetProperty("stateDigest").GetProperty("value").GetString(),
            ["tableDigest"] = status.GetProperty("tableDigest").GetString(),
            ["tableRevision"] = status.GetProperty("tableRevision").GetInt64(),
            ["flags"] = new JsonArray([.. flags.GetProperty("flags").EnumerateArray().Select(ToLine)]),
            ["since"] = since,
            ["log"] = log,
        };
    }

    private static bool AreEqual(JsonElement?[] statuses) =>
        statuses.All(static status => status is { } known && known.GetProperty("ready").GetBoolean()
            && known.GetProperty("tableRevision").ValueKind == JsonValueKind.Number
            && known.GetProperty("tableRevision").GetInt64() == known.GetProperty("appliedRevision").GetInt64())
        && statuses.Select(static status => (
            status!.Value.GetProperty("appliedRevision").GetInt64(),
            status.Value.GetProperty("stateDigest").GetProperty("value").GetString(),
            status.Value.GetProperty("tableDigest").GetString())).Distinct().Count() == 1;

    private static JsonNode ToLine(JsonElement flag) => new JsonObject
    {
        ["key"] = flag.GetProperty("key").GetString(),
        ["value"] = flag.GetProperty("definition").GetProperty("variants").GetProperty("v").GetInt64(),
        ["revision"] = flag.GetProperty("revision").GetInt64(),
    };

    /// <summary>The events from as far back as the host keeps them, up to its last revision.</summary>
    private static async Task<(long Since, JsonArray Log)> LogAsync(HttpClient client, Host host, long last)
    {
        var since = 0L;
        var response = await EventsAsync(client, host, since);
        if (response.StatusCode == System.Net.HttpStatusCode.Gone)
        {
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            response.Dispose();
            since = body.GetProperty("oldestRevision").GetInt64();
            response = await EventsAsync(client, host, since);
        }

        using (response)
        {
            response.EnsureSuccessStatusCode();
            return (since, await ReadAsync(response, since, last));
        }
    }

    private static async Task<JsonArray> ReadAsync(HttpResponseMessage response, long since, long last)
    {
        var log = new JsonArray();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var position = since; position < last && await reader.ReadLineAsync() is { } line;)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var body = JsonDocument.Parse(line["data: ".Length..]).RootElement;
            position = body.GetProperty("revision").GetInt64();
            log.Add(new JsonObject { ["revision"] = position, ["op"] = body.GetProperty("message").GetString(), ["changes"] = Subscriber.Changes(body) });
        }

        return log;
    }

    private static Task<HttpResponseMessage> EventsAsync(HttpClient client, Host host, long after) => client.GetAsync(
        new Uri(host.Plan.Url, string.Create(CultureInfo.InvariantCulture, $"/api/v1/events?after={after}")), HttpCompletionOption.ResponseHeadersRead);
}
