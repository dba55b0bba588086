using System.Globalization;
using Fabric.Node.Problems;
using Fabric.Raft;
using Fabric.Raft.Observers;
using Microsoft.Net.Http.Headers;

namespace Fabric.Node.Feeding;

/// <summary>
/// Gives hosts that are far behind a snapshot, in parts if they ask so. It stays the same one for as long as the entries that
/// follow it are still at hand, so that a transfer that broke off can go on.
/// </summary>
internal sealed class SnapshotShelf(IConsensus consensus, TimeProvider time) : IDisposable
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private Shelved? _shelved;

    private sealed record Shelved(FeedPosition Position, byte[] Bytes, long Used);

    public async Task ServeAsync(HttpContext http, CancellationToken token)
    {
        if (!await _places.WaitAsync(TimeSpan.Zero, token))
        {
            await Refusals.NotReady($"{AtOnce} hosts fetch a snapshot from here already").ExecuteAsync(http);
            return;
        }

        try
        {
            if (await TakeAsync(token) is not { } taken)
                await Refusals.NotReady("there is nothing to take a snapshot of").ExecuteAsync(http);
            else
                await TypedResults.Bytes(taken.Bytes, "application/octet-stream", enableRangeProcessing: true, entityTag: TagOf(taken.Position)).ExecuteAsync(http);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _places.Dispose();
    }

    private static EntityTagHeaderValue TagOf(FeedPosition position) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{position.Index}-{position.Digest:x16}\""));

    private async Task<Shelved?> TakeAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            if (_shelved is not { } old || !IsGood(old))
                _shelved = await MakeAsync(token);
            return _shelved = _shelved is null ? null : _shelved with { Used = time.GetTimestamp() };
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsGood(Shelved shelved) =>
        time.GetElapsedTime(shelved.Used) < Kept && consensus.Feed.ReadAfter(shelved.Position, 1) is FeedRead.Entries;

    private async Task<Shelved?> MakeAsync(CancellationToken token)
    {
        using var bytes = new MemoryStream();
        var state = consensus.State;
        var index = await consensus.WriteSnapshotAsync(bytes, token);
        // The state may have moved on between the two looks; then the digest is that of another index, and one more look helps.
        return index == 0 ? null
            : index != state.AppliedIndex ? await MakeAsync(token)
            : new Shelved(new FeedPosition(state.Identity?.Id, index, state.Digest), bytes.ToArray(), time.GetTimestamp());
    }
}
