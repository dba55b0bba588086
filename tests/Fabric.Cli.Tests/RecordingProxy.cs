using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fabric.Cli.Tests;

/// <summary>Stands before a node and writes down what is asked for.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WebApplication _app;
    private readonly Uri _node;

    public RecordingProxy(Uri node)
    {
        _node = node;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassOnAsync);
    }

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Method and path of every request so far.</summary>
    public IReadOnlyCollection<string> Heard => _heard;

    public Task StartAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    public async Task HeardAsync(Func<string, bool> wanted)
    {
        while (!_heard.Any(wanted))
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassOnAsync(HttpContext http)
    {
        _heard.Enqueue($"{http.Request.Method} {http.Request.Path}");
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_node, $"{http.Request.Path}{http.Request.QueryString}"))
        {
            Content = http.Request.ContentType is { } type ? new StreamContent(http.Request.Body) { Headers = { { "Content-Type", type } } } : null,
        };
        foreach (var name in (string[])["Idempotency-Key", "If-Match", "If-None-Match"])
            request.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToArray());
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
