using System.Net.Http.Headers;

namespace Fabric.Cli.Client;

/// <summary>One request to a fabric: whichever of its nodes answers it.</summary>
/// <param name="Method">What to do.</param>
/// <param name="Path">The address below a node's.</param>
internal sealed record Call(HttpMethod Method, string Path)
{
    public byte[]? Body { get; init; }
    public string ContentType { get; init; } = "application/json";
    public string? IfMatch { get; init; }
    public string? IfNoneMatch { get; init; }

    /// <summary>Names a write, over all nodes that are tried, so that it applies once.</summary>
    public Guid? Operation { get; init; }

    /// <summary>Time that one node may take: longer than it takes itself to say that it found no leader.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Is told how many bytes of the body are sent.</summary>
    public Action<long>? Sent { get; init; }
}

/// <summary>Asks nodes in turn until one answers for the fabric.</summary>
internal sealed class NodeClient(IReadOnlyList<Uri> endpoints, string actor, TextWriter errors) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        // Names of people are not always ASCII.
        RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
    })
    {
        // Each call bounds its own time.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A node's answer, of the last that was tried when none could take the call; null when none could be reached.</summary>
    public async Task<Reply?> SendAsync(Call call, CancellationToken token)
    {
        Reply? last = null;
        foreach (var endpoint in endpoints)
        {
            try
            {
                var reply = await TryAsync(endpoint, call, token);
                if (reply.Status is not (429 or 502 or 503 or 504))
                    return reply;
                // Once a node could not say what came of a write, another's refusal does not settle it.
                last = last?.Status == 504 ? last : reply;
            }
            catch (HttpRequestException failed)
            {
                await errors.WriteLineAsync($"fabric: {Bare(endpoint)}: {failed.Message}");
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                await errors.WriteLineAsync($"fabric: {Bare(endpoint)}: no answer within {call.Timeout.TotalSeconds:0} s");
            }
        }

        return last;
    }

    public void Dispose() => _http.Dispose();

    private async Task<Reply> TryAsync(Uri endpoint, Call call, CancellationToken token)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(endpoint, call.Path));
        if (call.Body is not null)
        {
            request.Content = call.Sent is { } sent ? new CountedContent(call.Body, sent) : new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(call.ContentType);
        }

        if (call.IfMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", call.IfMatch);
        if (call.IfNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", call.IfNoneMatch);
        if (call.Method != HttpMethod.Get)
            request.Headers.TryAddWithoutValidation("X-Fabric-Actor", actor);
        if (call.Operation is { } operation)
            request.Headers.Add("Idempotency-Key", operation.ToString("D"));
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(token);
        bounded.CancelAfter(call.Timeout);
        using var response = await _http.SendAsync(request, bounded.Token);
        return new Reply(endpoint, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(bounded.Token));
    }

    private static string Bare(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);
}
