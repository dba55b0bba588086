using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Fabric.Cli.Watch;

/// <summary>One event, as server-sent events have it.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">How far the stream has come with it; null where it does not say.</param>
/// <param name="Data">What it says; empty where only the id has gone on.</param>
internal sealed record StreamEvent(string Type, string? Id, string Data);

/// <summary>A node's answer to the wish to listen: a stream, or why there is none.</summary>
internal sealed class EventStream(HttpResponseMessage response) : IDisposable
{
    /// <summary>A node speaks every ten seconds unless told otherwise; one that is silent for longer hangs, or its host is gone.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(35);

    public HttpStatusCode Status => response.StatusCode;

    public Task<byte[]> BodyAsync(CancellationToken token) => response.Content.ReadAsByteArrayAsync(token);

    /// <summary>Its events until it ends. Every line counts as a sign of life, a comment too.</summary>
    /// <exception cref="TimeoutException">The node was silent for too long.</exception>
    public async IAsyncEnumerable<StreamEvent> EventsAsync([EnumeratorCancellation] CancellationToken token)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(token), Encoding.UTF8);
        var (type, id, data) = ("message", (string?)null, new StringBuilder());
        while (await reader.ReadLineAsync(token).AsTask().WaitAsync(Silence, token) is { } line)
        {
            var (name, value) = Split(line);
            switch (name)
            {
                case "event":
                    type = value;
                    break;
                case "id":
                    id = value;
                    break;
                case "data":
                    data.Append(data.Length > 0 ? "\n" : "").Append(value);
                    break;
                case "" when line.Length == 0:
                    if (id is not null || data.Length > 0)
                        yield return new StreamEvent(type, id, data.ToString());
                    (type, id) = ("message", null);
                    data.Clear();
                    break;
            }
        }
    }

    public void Dispose() => response.Dispose();

    /// <summary>A comment has no name, like an empty line.</summary>
    private static (string Name, string Value) Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return (line, "");
        var value = line[(colon + 1)..];
        return (line[..colon], value.StartsWith(' ') ? value[1..] : value);
    }
}
