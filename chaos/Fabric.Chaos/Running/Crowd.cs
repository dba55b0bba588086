using System.Diagnostics;
using Fabric.Chaos.Hosts;
using Fabric.Chaos.Traffic;

namespace Fabric.Chaos.Running;

/// <summary>Everybody who uses the fabric during a run: clients, subscribers and programs at every host.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int Clients = 30;
    private const int Keys = 12;

    // All clients together wish for this many operations a second; faults take their part of it.
    private const int WishedPerSecond = 1000;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopListening = new();
    private readonly Process[] _programs;
    private readonly Operations _operations;
    private readonly Subscriber[] _subscribers;
    private readonly Task[] _clients;
    private readonly Task[] _listening;

    internal Crowd(Lab lab, Operations operations, string folder, int seed)
    {
        _operations = operations;
        var pace = TimeSpan.FromSeconds((double)Clients / WishedPerSecond);
        var random = new Random(seed);
        _subscribers = [.. lab.Hosts.Select((host, i) => new Subscriber(host, lab.Hosts, Path.Combine(folder, $"events-{host.Name}-{i}.jsonl")))];
        _listening = [.. _subscribers.Select(subscriber => Task.Run(() => subscriber.RunAsync(_stopListening.Token)))];
        _programs = [.. lab.Hosts.Select(host => lab.StartHelper(host.Program(Path.Combine(folder, $"programs-{host.Name}-0.jsonl"), Flags)))];
        _clients = [.. from host in lab.Hosts
                       from client in Enumerable.Range(0, Clients / lab.Hosts.Count)
                       let loop = new ClientLoop((host.Plan.Number * 100) + client, host, lab.Hosts, operations, Flags, random.Next(), pace)
                       select Task.Run(() => loop.RunAsync(_stop.Token))];
    }

    internal static IReadOnlyList<string> Flags { get; } = [.. Enumerable.Range(0, Keys).Select(static i => $"chaos-{i:00}")];

    /// <summary>Lets every client end what it has begun.</summary>
    internal async Task StopWritingAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
    }

    /// <summary>Whether every subscriber has been told of everything up to a revision.</summary>
    internal bool HaveHeard(long revision) => _subscribers.All(subscriber => subscriber.Position >= revision);

    public async ValueTask DisposeAsync()
    {
        await StopWritingAsync();
        await _stopListening.CancelAsync();
        await Task.WhenAll(_listening);
        foreach (var subscriber in _subscribers)
            await subscriber.DisposeAsync();
        foreach (var program in _programs)
            await EndAsync(program);
        await _operations.DisposeAsync();
        _stop.Dispose();
        _stopListening.Dispose();
    }

    private static async Task EndAsync(Process program)
    {
        _ = Native.kill(program.Id, Native.Terminate);
        await program.WaitForExitAsync();
        program.Dispose();
    }
}
