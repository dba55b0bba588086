using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Feeding;

/// <summary>Writes that wait until every host's programs see them.</summary>
public sealed class FleetWaitTests : IAsyncDisposable
{
    private readonly Dictionary<string, HeldTable> _tables = [];
    private readonly RealFleet _fleet;

    public FleetWaitTests() => _fleet = new RealFleet { Table = Hold };

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData("a")]
    [InlineData("c")]
    [InlineData("o1")]
    [InlineData("o2")]
    public async Task Every_host_is_named_when_all_have_it_whoever_takes_the_write(string at)
    {
        await StartAsync();
        var answer = await _fleet.PutAsync(at, "checkout", "?wait=fleet&timeout=30s");
        Assert.Equal(["a", "b", "c", "o1", "o2"], Applied(answer));
        Assert.Empty(Behind(answer));
        foreach (var host in _fleet.Names)
            Assert.True((await _fleet.NodeAsync(host)).GetProperty("tableRevision").GetInt64() >= answer.GetProperty("revision").GetInt64());
    }

    [Theory]
    [InlineData("b")]
    [InlineData("o1")]
    public async Task A_host_whose_table_stands_still_is_named_as_behind_and_nobody_else(string stuck)
    {
        await StartAsync();
        var before = (await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=30s")).GetProperty("revision").GetInt64();
        _tables[stuck].Hold = true;
        try
        {
            var answer = await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=1s");
            var behind = Assert.Single(Behind(answer));
            Assert.Equal(stuck, behind.GetProperty("host").GetString());
            Assert.Equal(before, behind.GetProperty("revision").GetInt64());
            Assert.InRange(behind.GetProperty("since").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
            Assert.Equal(4, Applied(answer).Length);
        }
        finally
        {
            _tables[stuck].Hold = false;
        }

        Assert.Empty(Behind(await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=30s")));
    }

    [Fact]
    public async Task A_voter_and_an_observer_that_have_ended_are_named_as_behind_without_waiting_for_them()
    {
        await StartAsync();
        await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=30s");
        await _fleet.StopAsync("o2");
        await _fleet.StopAsync("c");
        var answer = await _fleet.PutAsync("a", "checkout", "?wait=fleet&timeout=20s");
        Assert.Equal(["a", "b", "o1"], Applied(answer));
        Assert.Equal(["c", "o2"], Behind(answer).Select(static one => one.GetProperty("host").GetString()));
    }

    [Fact]
    public async Task All_kinds_of_writes_can_wait_and_wrong_words_are_refused()
    {
        await StartAsync();
        using var http = new HttpClient { BaseAddress = _fleet.UrlOf("b") };
        var token = TestContext.Current.CancellationToken;
        await _fleet.PutAsync("b", "checkout");
        (HttpMethod Method, string Path, string? Body)[] writes =
        [
            (HttpMethod.Patch, "/api/v1/flags/checkout", """{"defaultVariant":"off"}"""),
            (HttpMethod.Post, "/api/v1/changes", """{"changes":[{"put":{"key":"x","definition":DEFINITION}}]}"""),
            (HttpMethod.Post, "/api/v1/import", """{"flags":{"y":DEFINITION}}"""),
            (HttpMethod.Delete, "/api/v1/flags/checkout", null),
        ];
        foreach (var (method, path, body) in writes)
        {
            using var request = new HttpRequestMessage(method, $"{path}?wait=fleet&timeout=30s");
            if (body is not null)
                request.Content = new StringContent(body.Replace("DEFINITION", TestNode.Bool, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request, token);
            var text = await answer.Content.ReadAsStringAsync(token);
            Assert.True(answer.IsSuccessStatusCode, text);
            Assert.Equal(5, Applied(JsonDocument.Parse(text).RootElement).Length);
        }

        foreach (var query in new[] { "?wait=all", "?wait=fleet&timeout=soon", "?timeout=5s", "?wait=fleet&timeout=11m" })
        {
            using var answer = await http.DeleteAsync($"/api/v1/flags/x{query}", token);
            Assert.Equal(400, (int)answer.StatusCode);
        }

        using var reading = await http.GetAsync("/api/v1/flags/x?wait=fleet", token);
        Assert.Equal(400, (int)reading.StatusCode);
    }

    private async Task StartAsync()
    {
        await _fleet.StartVotersAsync();
        await _fleet.StartObserverAsync("o1", ["a"]);
        await _fleet.TableReachesAsync("o1", await _fleet.WriteAsync("a", "start"));
        await _fleet.StartObserverAsync("o2", ["o1"]);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "start"));
    }

    private HeldTable Hold(string host, IFlagTable table)
    {
        var held = new HeldTable(table);
        lock (_tables)
            _tables[host] = held;
        return held;
    }

    private static string[] Applied(JsonElement answer) =>
        [.. answer.GetProperty("fleet").GetProperty("applied").EnumerateArray().Select(static host => host.GetString()!)];

    private static JsonElement[] Behind(JsonElement answer) => [.. answer.GetProperty("fleet").GetProperty("behind").EnumerateArray()];
}
