using System.Globalization;
using System.Net.WebSockets;
using Fabric.Node.Alarms;
using Fabric.Node.Fleet;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft.Observers;

namespace Fabric.Node.Feeding;

/// <summary>
/// Keeps an observer fed: connects to one host after the other until one feeds it, and says there how far it is. While
/// nobody does, the node answers from what it has.
/// </summary>
internal sealed class Upstream(
    ObserverReplica replica, NodeOptions options, Uri self, HttpClient http, KnownVoters voters, FeedLink link, FleetView fleet, StateAlarm alarm, TimeProvider time, Random random, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A source that feeds for so long was a good one.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private readonly FeedSources _sources = new(options.Join, FirstPause, LongestPause, random);
    private readonly SnapshotDownload _download = new(http, Path.Combine(options.DataDirectory, SnapshotDownload.Folder), time, random);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        link.WhyNot = "nobody feeds this host yet";
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                var source = _sources.Next();
                var began = time.GetTimestamp();
                var after = await TryAsync(source, token);
                replica.Lose();
                link.Above = [];
                if (time.GetElapsedTime(began) > Settled)
                    _sources.Succeeded();
                if (after == Next.AfterPause)
                    await Task.Delay(_sources.Pause(), time, token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private enum Next
    {
        AtOnce,
        AfterPause,
    }

    private async Task<Next> TryAsync(Uri source, CancellationToken token)
    {
        try
        {
            using var socket = new ClientWebSocket();
            using var session = new UpstreamSession(new FeedSocket(socket), replica, voters, link, fleet, time);
            await session.ConnectAsync(socket, source, http, Hello(), token);
            var end = await session.FollowAsync(() => NowFedBy(source), token);
            return await AfterAsync(source, end, token);
        }
#pragma warning disable CA1031 // Whatever goes wrong with one source, the node answers from what it has and asks the next.
        catch (Exception failed) when (failed is not OperationCanceledException || !token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            NotFed(source, failed.Message);
            return Next.AfterPause;
        }
    }

    private HelloWire Hello()
    {
        var position = replica.Feed.Newest;
        return new HelloWire(
            FeedSession.Version, options.Name, self.GetLeftPart(UriPartial.Authority), position.Fabric, position.Index,
            position.Digest.ToString("x16", CultureInfo.InvariantCulture), fleet.Identity, options.Members.Count > 0 || options.Raft is not null);
    }

    private void NowFedBy(Uri source)
    {
        if (link.WhyNot is null)
            return;
        link.WhyNot = null;
        Log.Fed(logger, source, replica.State.AppliedIndex);
    }

    private void NotFed(Uri source, string reason)
    {
        link.WhyNot = $"{source} does not feed this host: {reason}";
        Log.NotFed(logger, source, reason);
    }

    private async Task<Next> AfterAsync(Uri source, SessionEnd end, CancellationToken token)
    {
        switch (end)
        {
            case SessionEnd.NeedsSnapshot needs:
                if (needs.Diverged)
                {
                    Log.ObserverDiverged(logger, source, replica.State.AppliedIndex);
                    alarm.Differs($"this host and {source.Authority}, which feeds it, had different states at revision {replica.State.AppliedIndex}");
                }

                return await InstallAsync(source, needs.Diverged, token);
            case SessionEnd.Refused refused:
                NotFed(source, refused.Reason);
                _sources.Suggest(refused.Try);
                return refused.Try.Count > 0 ? Next.AtOnce : Next.AfterPause;
            default:
                NotFed(source, "it has closed the connection");
                return Next.AfterPause;
        }
    }

    private async Task<Next> InstallAsync(Uri source, bool diverged, CancellationToken token)
    {
        await using var snapshot = await _download.FetchAsync(new Uri(source, InternalRoutes.Snapshot), token);
        if (await replica.InstallAsync(snapshot, diverged, token) is not { } refused)
        {
            if (diverged)
                alarm.Healed(source.Authority, replica.State.AppliedIndex);
            return Next.AtOnce;
        }

        NotFed(source, $"its snapshot was not taken: {refused}");
        return Next.AfterPause;
    }
}
