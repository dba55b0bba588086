using System.Net.WebSockets;
using Fabric.Node.Fleet;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft.Observers;

namespace Fabric.Node.Feeding;

/// <summary>How being fed by one host ended, where nothing went wrong.</summary>
internal abstract record SessionEnd
{
    private SessionEnd() { }

    public sealed record Closed : SessionEnd;

    public sealed record NeedsSnapshot(bool Diverged) : SessionEnd;

    public sealed record Refused(string Reason, IReadOnlyList<Uri> Try) : SessionEnd;
}

/// <summary>One connection to a host that feeds this one.</summary>
internal sealed class UpstreamSession(FeedSocket feed, ObserverReplica replica, KnownVoters voters, FeedLink link, FleetView fleet, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>A feeder gives a sign of life twice a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>A sign of life of this host's, where nothing has moved.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    private const int HostsPerMessage = 2_000;

    public async Task ConnectAsync(ClientWebSocket socket, Uri source, HttpClient http, HelloWire hello, CancellationToken token)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(ConnectTimeout);
        // The feed has signs of life of its own.
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new UriBuilder(source) { Scheme = "ws", Path = InternalRoutes.Feed }.Uri, http, deadline.Token);
        await feed.SendAsync(FeedKind.Hello, hello, FeedJson.Default.HelloWire, deadline.Token);
    }

    /// <summary>Takes what comes until that ends.</summary>
    /// <param name="fed">Called when this host is fed indeed.</param>
    /// <param name="token">Ends it.</param>
    public async Task<SessionEnd> FollowAsync(Action fed, CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var reporting = ReportAsync(end.Token);
        try
        {
            while (true)
            {
                end.CancelAfter(Patience);
                if (await feed.ReceiveAsync(end.Token) is not { } message)
                    return new SessionEnd.Closed();
                // Writing to a slow disk is not the feeder's silence.
                end.CancelAfter(Timeout.InfiniteTimeSpan);
                if (Take(message, fed) is { } ended)
                    return ended;
            }
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new TimeoutException($"it said nothing for {Patience.TotalSeconds} s");
        }
        finally
        {
            await end.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => feed.Dispose();

    private SessionEnd? Take(FeedMessage message, Action fed)
    {
        switch (message.Kind)
        {
            case FeedKind.Pulse:
                Hear(message.Read(FeedJson.Default.PulseWire));
                fed();
                return null;
            case FeedKind.Entries:
                return replica.Append(EntriesIn(message.Content)) switch
                {
                    FeedOutcome.Applied => null,
                    FeedOutcome.Diverged => new SessionEnd.NeedsSnapshot(Diverged: true),
                    _ => throw new InvalidDataException("its entries do not follow what was asked for"),
                };
            case FeedKind.TooFarBehind:
                return new SessionEnd.NeedsSnapshot(Diverged: false);
            case FeedKind.Diverged:
                return new SessionEnd.NeedsSnapshot(Diverged: true);
            case FeedKind.Refused:
                var refused = message.Read(FeedJson.Default.RefusedWire);
                return new SessionEnd.Refused(refused.Reason, [.. refused.Try.Select(Addresses.ReadBase).OfType<Uri>()]);
            default:
                throw new InvalidDataException($"it sent a message of kind {message.Kind}");
        }
    }

    private void Hear(PulseWire pulse)
    {
        voters.Learn(pulse.Voters);
        link.Above = pulse.Path;
        replica.Hear(new FabricPulse(pulse.Term, pulse.Leader, pulse.Commit, pulse.Contact));
    }

    /// <summary>Copies, since the message's memory is used again for the next.</summary>
    private static List<FeedEntry> EntriesIn(ReadOnlyMemory<byte> content)
    {
        ReadOnlyMemory<byte> bytes = content.ToArray();
        var entries = new List<FeedEntry>();
        while (!bytes.IsEmpty)
        {
            entries.Add(FeedFrame.Read(bytes, out var taken) ?? throw new InvalidDataException("an entry of it is damaged"));
            bytes = bytes[taken..];
        }

        return entries;
    }

    /// <summary>Says how far this host is and those behind it, at once when something moves.</summary>
    private async Task ReportAsync(CancellationToken token)
    {
        var version = 0L;
        while (true)
        {
            var (hosts, now) = fleet.Since(version);
            var moment = time.GetUtcNow();
            foreach (var part in hosts.Chunk(HostsPerMessage).DefaultIfEmpty([]))
            {
                var progress = new ProgressWire([.. part.Select(host => HostWire.From(host, moment))]);
                await feed.SendAsync(FeedKind.Progress, progress, FeedJson.Default.ProgressWire, token);
            }

            version = now;
            try
            {
                await fleet.WaitAsync(version, token).WaitAsync(ProgressInterval, time, token);
            }
            catch (TimeoutException)
            {
                // Nothing has moved: the next message says only that this host lives.
            }
        }
    }
}
