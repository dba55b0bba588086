using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Traffic;

/// <summary>Who listens to the events from the first on, and goes on at another host when a stream ends.</summary>
internal sealed class Subscriber(Host home, IReadOnlyList<Host> all, string path) : IAsyncDisposable
{
    // Longer than a stream is silent: ten seconds.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly JsonLinesFile _file = new(path);
    private readonly HttpClient _http = home.Door.NewClient(Timeout.InfiniteTimeSpan);
    private readonly Host[] _hosts = [home, .. all.Where(host => host != home)];
    private int _turn;
    private int _gone;
    private long _position;

    /// <summary>The last revision that it was told of.</summary>
    internal long Position => Interlocked.Read(ref _position);

    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var host = _hosts[_turn++ % _hosts.Length];
            try
            {
                await ListenAsync(host, stop);
            }
            catch (Exception ended) when (ended is HttpRequestException or IOException or OperationCanceledException)
            {
                Note("closed", host, line => line["error"] = ended.Message);
            }

            if (!stop.IsCancellationRequested)
                await Task.Delay(Pause, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _file.DisposeAsync();
    }

    private async Task ListenAsync(Host host, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(Silence);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Plan.Url, string.Create(CultureInfo.InvariantCulture, $"/api/v1/events?after={_position}")));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        if (response.StatusCode == HttpStatusCode.Gone)
        {
            await GoneAsync(host, response, silence.Token);
            return;
        }

        response.EnsureSuccessStatusCode();
        _gone = 0;
        Note("open", host, line => line["from"] = _position);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(silence.Token));
        var name = "";
        while (await reader.ReadLineAsync(silence.Token) is { } text)
        {
            silence.CancelAfter(Silence);
            if (text.StartsWith("event: ", StringComparison.Ordinal))
                name = text["event: ".Length..];
            else if (text.StartsWith("data: ", StringComparison.Ordinal) && name == "change")
                Hear(host, text["data: ".Length..]);
        }

        Note("closed", host, static _ => { });
    }

    private void Hear(Host host, string data)
    {
        var body = JsonDocument.Parse(data).RootElement;
        Interlocked.Exchange(ref _position, body.GetProperty("revision").GetInt64());
        Note("event", host, line =>
        {
            line["revision"] = _position;
            line["op"] = body.GetProperty("message").GetString();
            line["changes"] = Changes(body);
        });
    }

    /// <summary>What one host does not keep another may: only when none does there is a gap.</summary>
    private async Task GoneAsync(Host host, HttpResponseMessage response, CancellationToken token)
    {
        if (++_gone < _hosts.Length)
            return;
        _gone = 0;
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(token)).RootElement;
        var oldest = body.TryGetProperty("oldestRevision", out var revision) ? revision.GetInt64() : _position;
        Note("gap", host, line => (line["from"], line["revision"]) = (_position, oldest));
        Interlocked.Exchange(ref _position, oldest);
    }

    /// <summary>The changes of a change set as events have it, in the form of a run's files.</summary>
    internal static JsonArray Changes(JsonElement set) => new([.. set.GetProperty("changes").EnumerateArray().Select(static change =>
    {
        var one = new JsonObject { ["key"] = change.GetProperty("key").GetString() };
        if (change.GetProperty("definition") is { ValueKind: JsonValueKind.Object } definition)
            one["value"] = definition.GetProperty("variants").GetProperty("v").GetInt64();
        else
            one["deleted"] = true;
        return (JsonNode)one;
    })]);

    private void Note(string kind, Host host, Action<JsonObject> describe)
    {
        var line = new JsonObject { ["time"] = JsonLinesFile.Now, ["kind"] = kind, ["host"] = host.Name };
        describe(line);
        _file.Add(line);
    }
}
