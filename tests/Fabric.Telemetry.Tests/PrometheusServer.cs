using System.Diagnostics;
using System.Text.Json;
using Fabric.Node.Tests.Fakes;
using Fabric.Tests.Shared;

namespace Fabric.Telemetry.Tests;

/// <summary>A real Prometheus that scrapes one host and has the rules that are shipped.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-prometheus-").FullName;
    private readonly HttpClient _http;
    private readonly Process _process;

    public PrometheusServer(Uri host)
    {
        var listen = Ports.Take(1)[0];
        var configuration = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: ["{{Path.Combine(RepositoryRoot.Path, "packaging/telemetry/alerts.yml")}}"]
            scrape_configs:
              - job_name: fabric
                static_configs: [{targets: ["{{host.Authority}}"]}]
            """);
        _process = Process.Start(new ProcessStartInfo("prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address={listen}", "--log.level=error"]) { RedirectStandardError = true })!;
        _http = new HttpClient { BaseAddress = new Uri($"http://{listen}") };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The answer to an expression; null while it does not answer.</summary>
    public async Task<JsonElement?> QueryAsync(string expression) => await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");

    public async Task<JsonElement?> GetAsync(string path)
    {
        try
        {
            using var response = await _http.GetAsync(path, Token);
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        }
        catch (Exception starting) when (starting is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
