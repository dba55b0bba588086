using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>
/// Clients that know every node's address, as the documentation tells them to be: each write has a key of its own, a node
/// that does not listen or is not ready is passed over, and a connection that broke has the same write sent to the next.
/// Any other answer than success is a failure.
/// </summary>
internal sealed class SteadyClients : IAsyncDisposable
{
    private const int MaxTries = 40;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Acknowledged> _acknowledged = [];
    private readonly ConcurrentBag<string> _failures = [];
    private readonly Fleet _fleet;
    private readonly string _round;
    private readonly Task[] _tasks;
    private int _moved;
    private int _repeated;
    private long _slowest;

    internal SteadyClients(Fleet fleet, int count, string round)
    {
        (_fleet, _round) = (fleet, round);
        _tasks = [.. Enumerable.Range(0, count).Select(client => Task.Run(() => RunAsync(client)))];
    }

    internal IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    internal IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Tries that found nobody listening, or a node that had not started yet.</summary>
    internal int Moved => _moved;

    /// <summary>Writes whose connection broke before the answer came.</summary>
    internal int Repeated => _repeated;

    internal TimeSpan Slowest => TimeSpan.FromTicks(_slowest);

    internal async Task<IReadOnlyCollection<Acknowledged>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        return _acknowledged;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(int client)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var started = Stopwatch.GetTimestamp();
            var key = $"{_round}-{client}-{number}";
            if (await WriteAsync(key, client + number) is not { } revision)
                continue;
            var answered = Stopwatch.GetTimestamp();
            _acknowledged.Add(new Acknowledged(key, revision, started, answered));
            InterlockedMax(ref _slowest, Stopwatch.GetElapsedTime(started, answered).Ticks);
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>The revision, or null when the write failed.</summary>
    private async Task<long?> WriteAsync(string key, int first)
    {
        var operation = Guid.NewGuid();
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var node = _fleet.Nodes[(first + attempt) % _fleet.Nodes.Count];
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(node.Http, $"/api/v1/flags/{key}"));
                request.Content = JsonContent.Create(Flags.Boolean(true));
                request.Headers.Add("Idempotency-Key", operation.ToString("D"));
                using var answer = await Client.Http.SendAsync(request, CancellationToken.None);
                var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
                    return body.GetProperty("revision").GetInt64();
                if (body.GetProperty("type").GetString() != "urn:fabric:problem:not-ready")
                {
                    _failures.Add($"{key} at {node.Name}: {body}");
                    return null;
                }

                Interlocked.Increment(ref _moved);
            }
            catch (HttpRequestException unreachable)
            {
                Interlocked.Increment(ref unreachable.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? ref _moved : ref _repeated);
            }

            await Task.Delay(20, CancellationToken.None);
        }

        _failures.Add($"{key}: no node took it in {MaxTries} tries");
        return null;
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (var known = Volatile.Read(ref place); value > known;)
        {
            var seen = Interlocked.CompareExchange(ref place, value, known);
            if (seen == known)
                return;
            known = seen;
        }
    }
}
