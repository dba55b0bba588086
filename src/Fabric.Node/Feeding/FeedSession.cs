using System.Buffers;
using System.Globalization;
using Fabric.Node.Fleet;
using Fabric.Node.Options;
using Fabric.Raft;
using Fabric.Raft.Observers;

namespace Fabric.Node.Feeding;

/// <summary>One host that is fed from here, from its first word to its last.</summary>
internal sealed class FeedSession(FeedSocket socket, IConsensus consensus, FeedService service, FleetView fleet, TimeProvider time)
{
    public const int Version = 1;

    /// <summary>How often a host that has nothing to hear is told so, and so knows that it is still fed.</summary>
    public static readonly TimeSpan PulseInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A host that says nothing for so long is not fed any more; it connects anew when it can.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int EntriesPerMessage = 256;
    private const int BytesPerMessage = 256 * 1024;

    public async Task RunAsync(CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        end.CancelAfter(Patience);
        if (await socket.ReceiveAsync(end.Token) is not { Kind: FeedKind.Hello } first)
            throw new InvalidDataException("the first message is no hello");
        var hello = first.Read(FeedJson.Default.HelloWire);
        if (service.WhyNot(hello) is { } refusal)
        {
            await socket.SendLastAsync(FeedKind.Refused, refusal, FeedJson.Default.RefusedWire, end.Token);
            return;
        }

        await FeedAsync(hello, end);
    }

    private async Task FeedAsync(HelloWire hello, CancellationTokenSource end)
    {
        var position = new FeedPosition(hello.Fabric, hello.Index, ulong.Parse(hello.Digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        fleet.Hear(hello.Name, [new HostProgress(hello.Name, hello.Http, hello.Index, 0, time.GetUtcNow(), Connected: true, hello.Identity)]);
        var listening = ListenAsync(hello.Name, end);
        try
        {
            await SpeakAsync(position, hello.Identity, end.Token);
            await socket.CloseAsync();
            await listening.WaitAsync(FeedSocket.Farewell, time, end.Token);
        }
        finally
        {
            await end.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            fleet.Lose(hello.Name);
        }
    }

    /// <summary>Hears how far the host is; whatever ends that ends the session.</summary>
    private async Task ListenAsync(string name, CancellationTokenSource end)
    {
        try
        {
            while (true)
            {
                end.CancelAfter(Patience);
                if (await socket.ReceiveAsync(end.Token) is not { Kind: FeedKind.Progress } message)
                    return;
                var now = time.GetUtcNow();
                var hosts = message.Read(FeedJson.Default.ProgressWire).Hosts;
                fleet.Hear(name, hosts.Where(static host => NodeName.IsSound(host.Name)).Select(host => host.ToProgress(now)));
            }
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    /// <summary>Sends all that follows the position, as it comes. Returns when nothing more can be sent to this host.</summary>
    private async Task SpeakAsync(FeedPosition position, Guid? identity, CancellationToken token)
    {
        await PulseAsync(token);
        while (true)
        {
            if (service.WhyGone(identity) is { } gone)
            {
                await socket.SendAsync(FeedKind.Refused, gone, FeedJson.Default.RefusedWire, token);
                return;
            }

            switch (consensus.Feed.ReadAfter(position, EntriesPerMessage))
            {
                case FeedRead.Entries { Next: { Count: > 0 } next }:
                    position = await SendAsync(next, token);
                    break;
                case FeedRead.Entries or FeedRead.Ahead when service.WhyClosed() is { } closed:
                    await socket.SendAsync(FeedKind.Refused, closed, FeedJson.Default.RefusedWire, token);
                    return;
                case FeedRead.Entries:
                    if (!await ComesAsync(position.Index, token))
                        await PulseAsync(token);
                    break;
                case FeedRead.Ahead:
                    await PulseAsync(token);
                    await Task.Delay(PulseInterval, time, token);
                    break;
                case FeedRead.TooOld:
                    await socket.SendAsync(FeedKind.TooFarBehind, ReadOnlyMemory<byte>.Empty, token);
                    return;
                case FeedRead.Diverged:
                    await socket.SendAsync(FeedKind.Diverged, ReadOnlyMemory<byte>.Empty, token);
                    return;
            }
        }
    }

    private async Task<bool> ComesAsync(long index, CancellationToken token)
    {
        try
        {
            await consensus.Feed.WaitForMoreAsync(index, token).WaitAsync(PulseInterval, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<FeedPosition> SendAsync(IReadOnlyList<FeedEntry> entries, CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BytesPerMessage + FeedFrame.MaxBytes);
        try
        {
            var length = 0;
            foreach (var entry in entries)
            {
                length += FeedFrame.Write(entry, buffer.AsSpan(length));
                if (length < BytesPerMessage && entry != entries[^1])
                    continue;
                await socket.SendAsync(FeedKind.Entries, buffer.AsMemory(0, length), token);
                length = 0;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new FeedPosition(null, entries[^1].Index, entries[^1].Digest);
    }

    private ValueTask PulseAsync(CancellationToken token) => socket.SendAsync(FeedKind.Pulse, service.Pulse(), FeedJson.Default.PulseWire, token);
}
