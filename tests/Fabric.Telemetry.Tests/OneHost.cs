using Fabric.Node.Telemetry;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Telemetry.Tests;

/// <summary>A fabric of one host whose telemetry goes where a test says.</summary>
internal sealed class OneHost(IReadOnlyDictionary<string, string?>? variables = null) : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    public RealFleet Fleet { get; } = new()
    {
        Parts = parts => parts with { Telemetry = new TelemetrySettings(variables ?? new Dictionary<string, string?>()) },
    };

    public Uri Url => Fleet.UrlOf("a");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<OneHost> StartAsync()
    {
        await Fleet.StartVotersAsync(1);
        return this;
    }

    /// <summary>Makes every metric there is say something: a write, a question and its answer over HTTP.</summary>
    public async Task BusyAsync()
    {
        await Fleet.TableReachesAsync("a", await Fleet.WriteAsync("a", "asked"));
        using var content = new StringContent("""{"context":{"targetingKey":"u"}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(Url, "/ofrep/v1/evaluate/flags/asked"), content, Token);
        Assert.True(answer.IsSuccessStatusCode);
        await Eventually.HoldsAsync(async () => (await ScrapeAsync()).Contains("feature_flag_key=\"asked\"", StringComparison.Ordinal), seconds: 60);
    }

    public Task<string> ScrapeAsync() => _http.GetStringAsync(new Uri(Url, "/metrics"), Token);

    public async Task<(string Type, string Text)> ScrapeAsync(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await _http.SendAsync(request, Token);
        return (response.Content.Headers.ContentType!.MediaType!, await response.Content.ReadAsStringAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        _http.Dispose();
    }
}
