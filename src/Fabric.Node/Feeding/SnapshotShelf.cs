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
internal sealed class SnapshotShelf : IDisposable
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    private readonly IConsensus _consensus;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly ITimer _expiry;
    private volatile Shelved? _shelved;

    public SnapshotShelf(IConsensus consensus, TimeProvider time)
    {
        _consensus = consensus;
        _expiry = time.CreateTimer(_ => _shelved = null, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed record Shelved(FeedPosition Position, byte[] Bytes);

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
            // A transfer that broke off has this long to go on; the memory is not kept for the next host that may never come.
            _expiry.Change(Kept, Timeout.InfiniteTimeSpan);
            _places.Release();
        }
    }

    public void Dispose()
    {
        _expiry.Dispose();
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
            if (_shelved is not { } old || _consensus.Feed.ReadAfter(old.Position, 1) is not FeedRead.Entries)
                _shelved = await MakeAsync(token);
            return _shelved;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Shelved?> MakeAsync(CancellationToken token)
    {
        using var bytes = new MemoryStream();
        return await _consensus.WriteSnapshotAsync(bytes, token) is { } state
            ? new Shelved(new FeedPosition(state.Identity?.Id, state.AppliedIndex, state.Digest), bytes.ToArray())
            : null;
    }
}
