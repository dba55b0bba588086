using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Events;

/// <summary>Clients that go from node to node, while nodes end and come back.</summary>
public sealed class HoppingTests
{
    private const int Seed = 20_261_124;
    private const int Restarts = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_hops_at_random_hears_of_each_revision_once_in_order_and_of_none_too_few()
    {
        await using var fabric = await RealFabric.StartAsync();
        using var writersStop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var clientsStop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var acknowledged = new List<long>();
        var writers = Enumerable.Range(0, 3).Select(i => WriteAsync(fabric, i, acknowledged, writersStop.Token)).ToArray();
        var clients = Enumerable.Range(0, 3).Select(i => new HoppingClient(fabric, Seed + i)).ToArray();
        var listening = clients.Select(client => client.RunAsync(clientsStop.Token)).ToArray();

        for (var i = 0; i < Restarts; i++)
        {
            var until = Count(acknowledged) + 25;
            await Eventually.HoldsAsync(() => Count(acknowledged) >= until, seconds: 60);
            await fabric.StopAsync(i % 3);
            await fabric.StartAsync(i % 3);
        }

        await writersStop.CancelAsync();
        await Task.WhenAll(writers);
        long end = 0;
        await Eventually.HoldsAsync(async () => (end = await fabric.PutAsync(0, "end") ?? 0) > 0, seconds: 60);
        await Eventually.HoldsAsync(() => clients.All(client => client.Position >= end), seconds: 60);
        await clientsStop.CancelAsync();
        await Task.WhenAll(listening);

        var truth = await HistoryAsync(fabric, end);
        Assert.Subset(truth.ToHashSet(), acknowledged.ToHashSet());
        foreach (var client in clients)
        {
            Assert.Equal(truth, client.Heard);
            Assert.True(client.Hops > Restarts, $"it hopped {client.Hops} times only");
        }
    }

    [Fact]
    public async Task A_node_that_was_restarted_still_tells_what_came_before()
    {
        await using var fabric = await RealFabric.StartAsync();
        var written = new List<long>();
        for (var i = 0; i < 5; i++)
            await Eventually.HoldsAsync(async () => await fabric.PutAsync(0, $"flag-{i}") is { } revision && Added(written, revision), seconds: 30);
        await fabric.StopAsync(1);
        await fabric.StartAsync(1);

        await using var stream = await ChangeListener.OpenAsync(fabric.Client, fabric.AddressOf(1), "?after=0");

        foreach (var revision in written)
            Assert.Equal(revision, await stream.RevisionAsync());
    }

    private static bool Added(List<long> list, long revision)
    {
        list.Add(revision);
        return true;
    }

    private static int Count(List<long> acknowledged)
    {
        lock (acknowledged)
            return acknowledged.Count;
    }

    private static async Task WriteAsync(RealFabric fabric, int writer, List<long> acknowledged, CancellationToken token)
    {
        for (var i = 0; !token.IsCancellationRequested; i++)
        {
            // A new flag each time, so that the history holds every change to compare with.
            if (await fabric.PutAsync((writer + i) % 3, $"flag-{writer}-{i}") is { } revision)
            {
                lock (acknowledged)
                    acknowledged.Add(revision);
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Every change set until <paramref name="end"/>, oldest first, as the state has it.</summary>
    private static async Task<List<long>> HistoryAsync(RealFabric fabric, long end)
    {
        var all = new List<long>();
        for (long? before = end + 1; before is not null;)
        {
            var page = JsonDocument.Parse(await fabric.Client.GetStringAsync(new Uri(fabric.AddressOf(0), $"/api/v1/history?limit=100&before={before}"), Token)).RootElement;
            all.AddRange(page.GetProperty("changeSets").EnumerateArray().Select(static set => set.GetProperty("revision").GetInt64()));
            before = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetInt64();
        }

        all.Reverse();
        return all;
    }

    private sealed class HoppingClient(RealFabric fabric, int seed)
    {
        private readonly Random _random = new(seed);
        private long _position;

        public List<long> Heard { get; } = [];

        public int Hops { get; private set; }

        public long Position => Volatile.Read(ref _position);

        public async Task RunAsync(CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                var node = fabric.AddressOf(_random.Next(3));
                try
                {
                    // Half of the time as a browser says where it was, half as an address does.
                    var byHeader = _random.Next(2) == 0;
                    using var answer = await ChangeListener.AskAsync(
                        fabric.Client, node, byHeader ? "" : $"?after={Position}", byHeader ? $"{Position}" : null);
                    // A node that starts says 503; that what is asked for is gone would be wrong here.
                    Assert.NotEqual(System.Net.HttpStatusCode.Gone, answer.StatusCode);
                    if (!answer.IsSuccessStatusCode)
                        continue;
                    Hops++;
                    await ListenAsync(answer, _random.Next(1, 30), token);
                }
                catch (Exception ended) when (ended is HttpRequestException or IOException or OperationCanceledException)
                {
                    // The node has ended, or the test has.
                }

                await Task.Delay(5, CancellationToken.None);
            }
        }

        private async Task ListenAsync(HttpResponseMessage answer, int events, CancellationToken token)
        {
            using var brief = CancellationTokenSource.CreateLinkedTokenSource(token);
            brief.CancelAfter(_random.Next(50, 1000));
            await using var body = await answer.Content.ReadAsStreamAsync(brief.Token);
            await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(brief.Token))
            {
                var revision = long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture);
                Heard.Add(revision);
                Volatile.Write(ref _position, revision);
                if (--events == 0)
                    return;
            }
        }
    }
}
