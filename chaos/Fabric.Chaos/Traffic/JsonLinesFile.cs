using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Fabric.Chaos.Traffic;

/// <summary>A file of JSON lines, in the order in which they were given; any thread may add.</summary>
internal sealed class JsonLinesFile : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;

    internal JsonLinesFile(string path) => _writing = Task.Run(() => WriteAsync(path));

    /// <summary>CLOCK_MONOTONIC in nanoseconds, which all processes of the machine share.</summary>
    internal static long Now => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    internal void Add(JsonObject line) => _lines.Writer.TryWrite(line.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync(string path)
    {
        await using var file = new StreamWriter(path);
        await foreach (var line in _lines.Reader.ReadAllAsync())
            await file.WriteAsync(line + "\n");
    }
}
