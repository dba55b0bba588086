using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fabric.Chaos.CrashPoints;

/// <summary>
/// A client that writes, compares and sets, changes several flags together, deletes and reads, one after the other, until the
/// node is gone. What it was doing then it sends again to the next life of the node, under the same idempotency key.
/// </summary>
internal sealed class CrashScript(CrashRecording recording) : IDisposable
{
    private const int Steps = 90, Keys = 12;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Dictionary<string, long> _revisions = [];
    private Func<Uri, HttpRequestMessage>? _doubtful;
    private long _value;

    /// <summary>Writes that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public void Dispose() => _http.Dispose();

    /// <summary>Goes on until all is done, or until the node does not answer.</summary>
    public async Task UntilItEndsAsync(Uri node)
    {
        for (var step = 0; step < Steps; step++)
        {
            if (!await StepAsync(node, step))
                return;
        }
    }

    /// <summary>What a client does after a crash: asks again what it has no answer to, reads everything, and goes on.</summary>
    public async Task AfterwardsAsync(Uri node)
    {
        if (_doubtful is { } again)
            await AnswerAsync(node, again, isRead: false);
        for (var key = 0; key < Keys; key++)
            await ReadAsync(node, $"k{key}");
        await WriteAsync(node, "cas", [($"k{Keys}", ++_value, 0)]);
        await WriteAsync(node, "cas", [($"k{Keys}", ++_value, _revisions.GetValueOrDefault($"k{Keys}"))]);
    }

    private Task<bool> StepAsync(Uri node, int step)
    {
        var key = $"k{step * 7 % Keys}";
        var held = _revisions.GetValueOrDefault(key);
        return (step % 6) switch
        {
            1 => WriteAsync(node, "cas", [(key, ++_value, held)]),
            2 => WriteAsync(node, "changes", [(key, ++_value, null), ($"k{(step + 1) * 5 % Keys}x", ++_value, null)]),
            3 when held > 0 => WriteAsync(node, "delete", [(key, null, null)]),
            4 => ReadAsync(node, key),
            _ => WriteAsync(node, "write", [(key, ++_value, null)]),
        };
    }

    private async Task<bool> WriteAsync(Uri node, string function, (string Key, long? Value, long? IfRevision)[] changes)
    {
        var operation = Guid.NewGuid();
        var what = new JsonObject { ["f"] = function, ["host"] = "a", ["op"] = operation.ToString("N") };
        if (function == "changes")
            what["changes"] = new JsonArray([.. changes.Select(static one => (JsonNode)new JsonObject { ["key"] = one.Key, ["value"] = one.Value })]);
        else
            (what["key"], what["value"], what["ifRevision"]) = (changes[0].Key, changes[0].Value, changes[0].IfRevision);
        recording.Invoke(what);
        _doubtful = to => Request(to, function, changes, operation);
        if (await AnswerAsync(node, _doubtful, isRead: false) is not { } revision)
            return false;
        foreach (var (key, value, _) in changes)
            _revisions[key] = value is null ? 0 : revision;
        Acknowledged++;
        return true;
    }

    private async Task<bool> ReadAsync(Uri node, string key)
    {
        recording.Invoke(new JsonObject { ["f"] = "read", ["host"] = "a", ["key"] = key, ["consistency"] = "linearizable" });
        return await AnswerAsync(node, to => new HttpRequestMessage(HttpMethod.Get, new Uri(to, $"/api/v1/flags/{key}")), isRead: true) is not null;
    }

    /// <summary>The revision that was answered; null where there was no answer, and then the operation stays open.</summary>
    private async Task<long?> AnswerAsync(Uri node, Func<Uri, HttpRequestMessage> request, bool isRead)
    {
        try
        {
            using var message = request(node);
            using var response = await _http.SendAsync(message);
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            _doubtful = null;
            if (!response.IsSuccessStatusCode && !(isRead && (int)response.StatusCode == 404))
            {
                var unknown = (string?)body["applied"] == "unknown";
                recording.End(unknown ? "info" : "fail", new JsonObject { ["status"] = (int)response.StatusCode, ["error"] = body["title"]?.ToString(), ["conflict"] = (int)response.StatusCode is 409 or 412 });
                return null;
            }

            var revision = (long?)body["revision"] ?? 0;
            var answer = new JsonObject { ["revision"] = revision };
            if (isRead)
                answer["value"] = (long?)body["definition"]?["variants"]?["v"];
            recording.End("ok", answer);
            return revision;
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            if (isRead)
                recording.End("info", []);
            return null;
        }
    }

    private static HttpRequestMessage Request(Uri node, string function, (string Key, long? Value, long? IfRevision)[] changes, Guid operation)
    {
        var name = operation.ToString("N");
        var (key, value, condition) = changes[0];
        var message = function switch
        {
            "changes" => new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/api/v1/changes"))
            {
                Content = Json($$"""{"message":"{{name}}","changes":[{{string.Join(',', changes.Select(static one => $$$"""{"put":{"key":"{{{one.Key}}}","definition":{{{Definition(one.Value!.Value)}}}}}"""))}}]}"""),
            },
            "delete" => new HttpRequestMessage(HttpMethod.Delete, new Uri(node, $"/api/v1/flags/{key}?message={name}")),
            _ => new HttpRequestMessage(HttpMethod.Put, new Uri(node, $"/api/v1/flags/{key}?message={name}")) { Content = Json(Definition(value!.Value)) },
        };
        message.Headers.Add("Idempotency-Key", operation.ToString("D"));
        if (condition == 0)
            message.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        else if (condition is { } held)
            message.Headers.IfMatch.Add(new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{held}\"")));
        return message;
    }

    private static string Definition(long value) => $$"""{"state":"ENABLED","variants":{"v":{{value}}},"defaultVariant":"v"}""";

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
