using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Alarms;

/// <summary>A host that holds something else than the others, by whatever fault, is found out and put right.</summary>
public sealed class DivergenceTests : IAsyncDisposable
{
    private readonly RealFleet _fleet = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_table_damaged_by_hand_is_made_anew_and_gives_alarm()
    {
        await StartAsync();
        var before = (await _fleet.NodeAsync("b")).GetProperty("tableDigest").GetString();
        Assert.Empty(await AlarmsAsync("b"));

        await using (var file = new FileStream(Path.Combine(_fleet.DataOf("b"), "table"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 4096;
            await file.WriteAsync(new byte[8 * 1024 * 1024], Token);
        }

        await Eventually.HoldsAsync(async () => (await AlarmsAsync("b")).Contains("table-damaged"), static () => "there is no alarm");
        var node = await _fleet.NodeAsync("b");
        Assert.Equal((before, "0123456789"), (node.GetProperty("tableDigest").GetString(), await AnswersAsync("b")));
        Assert.Contains(node.GetProperty("alarms").EnumerateArray(), static alarm => alarm.GetProperty("detail").GetString()!.Contains("made anew from the log", StringComparison.Ordinal));
        Assert.Contains("b table-damaged", (await _fleet.JsonAsync("a", "/api/v1/cluster")).GetProperty("alarms").EnumerateArray()
            .Select(static alarm => $"{alarm.GetProperty("host").GetString()} {alarm.GetProperty("kind").GetString()}"));
        Assert.Empty(await AlarmsAsync("a"));
    }

    [Fact]
    public async Task A_voter_with_another_state_takes_that_of_the_two_that_agree()
    {
        await StartAsync();
        var position = (await _fleet.NodeAsync("c")).GetProperty("stateDigest");
        var snapshot = await SnapshotAsync("a");
        await _fleet.StopAsync("c");
        Forge(snapshot, position.GetProperty("index").GetInt64(), Convert.ToUInt64(position.GetProperty("value").GetString(), 16));
        await _fleet.RestartAsync("c");

        await Eventually.HoldsAsync(async () => (await AlarmsAsync("c")).Contains("state-diverged"), static () => "there is no alarm");
        await Eventually.HoldsAsync(
            async () => (await DigestAsync("c")) == (await DigestAsync("a")) && await AnswersAsync("c") == "0123456789", static () => "the state is not made anew");
        var still = "";
        await Eventually.HoldsAsync(
            async () => (still = $"{(await _fleet.NodeAsync("a")).GetProperty("alarms")}") is var _ && (await AlarmsAsync("a")).Length == 0, () => $"the alarm of a host that was right does not end: {still}");
        Assert.Equal(["state-diverged"], await AlarmsAsync("c"));

        // Also what follows and the next start go on from what is right.
        var last = await _fleet.WriteAsync("a", "after");
        await _fleet.ConvergesAsync(last);
        Assert.Equal(await DigestAsync("a"), await DigestAsync("c"));
        await _fleet.StopAsync("c");
        await _fleet.RestartAsync("c");
        await _fleet["c"].WaitUntilReadyAsync(Token);
        await _fleet.ConvergesAsync(await _fleet.WriteAsync("a", "and-after"));
        Assert.Equal(await DigestAsync("a"), await DigestAsync("c"));
        Assert.Empty(await AlarmsAsync("c"));
    }

    private async Task StartAsync()
    {
        await _fleet.StartVotersAsync();
        var last = 0L;
        for (var i = 0; i < 10; i++)
            last = await _fleet.WriteAsync("a", $"flag-{i}");
        await _fleet.ConvergesAsync(last);
    }

    /// <summary>A snapshot that is whole, and says that the last flag has another name.</summary>
    private void Forge(byte[] snapshot, long index, ulong digest)
    {
        Replace(snapshot, "flag-9"u8, "flag-X"u8);
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, digest);
        var other = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(other, digest ^ 1);
        Replace(snapshot, bytes, other);
        BinaryPrimitives.WriteUInt64LittleEndian(snapshot.AsSpan(^8), XxHash64.HashToUInt64(snapshot.AsSpan(..^8)));
        Assert.Equal(index, BinaryPrimitives.ReadInt64LittleEndian(snapshot.AsSpan(12)));
        File.WriteAllBytes(Path.Combine(_fleet.DataOf("c"), "snapshots", $"{index}-{BinaryPrimitives.ReadInt64LittleEndian(snapshot.AsSpan(20))}.snapshot"), snapshot);
    }

    private static void Replace(byte[] bytes, ReadOnlySpan<byte> what, ReadOnlySpan<byte> by)
    {
        var found = 0;
        for (var at = bytes.AsSpan().IndexOf(what); at >= 0; at = bytes.AsSpan().IndexOf(what))
        {
            by.CopyTo(bytes.AsSpan(at));
            found++;
        }

        Assert.True(found > 0, "the snapshot does not have what is to be forged");
    }

    private async Task<byte[]> SnapshotAsync(string host)
    {
        using var answer = await _fleet.SendAsync(host, HttpMethod.Get, "/internal/v1/snapshot");
        return await answer.Content.ReadAsByteArrayAsync(Token);
    }

    private async Task<string> DigestAsync(string host) => (await _fleet.NodeAsync(host)).GetProperty("stateDigest").GetRawText();

    /// <summary>The numbers of the flags that the host's table knows.</summary>
    private async Task<string> AnswersAsync(string host)
    {
        var found = new StringBuilder();
        foreach (var name in "0123456789X")
        {
            using var answer = await _fleet.SendAsync(host, HttpMethod.Post, $"/ofrep/v1/evaluate/flags/flag-{name}");
            if (answer.IsSuccessStatusCode)
                found.Append(name);
        }

        return found.ToString();
    }

    /// <summary>All but that of a disk that is slow since other tests use it as well.</summary>
    private async Task<string[]> AlarmsAsync(string host) =>
        [.. (await _fleet.NodeAsync(host)).GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("kind").GetString()!).Where(static kind => kind != "disk-slow")];
}
