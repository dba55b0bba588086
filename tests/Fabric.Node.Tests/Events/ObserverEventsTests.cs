using Fabric.Node.Tests.Fakes;
using Fabric.Raft.Recovery;

namespace Fabric.Node.Tests.Events;

/// <summary>What hosts beyond the voters tell of the past.</summary>
public sealed class ObserverEventsTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task An_observer_tells_of_the_same_change_sets_also_after_a_restart_and_gives_a_backup()
    {
        await _fleet.StartVotersAsync(count: 1);
        await _fleet.StartObserverAsync("o", ["a"]);
        var written = new List<long>();
        for (var i = 0; i < 4; i++)
            written.Add(await _fleet.WriteAsync(i % 2 == 0 ? "a" : "o", $"flag-{i}"));
        await _fleet.TableReachesAsync("o", written[^1]);
        Assert.Equal("o", (await _fleet.JsonAsync("a", "/api/v1/flags/flag-1/history")).GetProperty("changes")[0].GetProperty("node").GetString());

        await _fleet.StopAsync("o");
        await _fleet.RestartAsync("o");
        await _fleet.TableReachesAsync("o", written[^1]);
        await using (var stream = await ChangeListener.OpenAsync(_http, _fleet.UrlOf("o"), "?after=0"))
        {
            foreach (var revision in written)
                Assert.Equal(revision, await stream.RevisionAsync());
        }

        var path = Path.Combine(_fleet.DataOf("o"), "backup");
        await using var backup = await _http.GetStreamAsync(new Uri(_fleet.UrlOf("o"), "/api/v1/backup?consistency=local"), Token);
        var state = await BackupFile.SaveAsync(backup, path, overwrite: false, null, Token);
        Assert.Equal(written, state.Fabric.Flags.Flags.Values.Select(static flag => flag.Revision).Order());
    }
}
