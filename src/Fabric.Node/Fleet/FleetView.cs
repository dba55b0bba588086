using System.Collections.Immutable;

namespace Fabric.Node.Fleet;

/// <summary>
/// How far this host is and all those that it feeds, at first or second hand. What is here came from the hosts themselves:
/// nothing is ever assumed of one that is silent. Any thread.
/// </summary>
internal sealed class FleetView(string self, Guid identity, TimeProvider time)
{
    /// <summary>This host's own identity.</summary>
    public Guid Identity => identity;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _hosts = new(StringComparer.Ordinal);
    private long _version;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>A host, the one by which it was heard of (itself where it is fed from here), and when that changed last.</summary>
    private sealed record Entry(HostProgress Host, string Via, long Version);

    /// <summary>This host itself.</summary>
    public void Report(string http, long applied, long table) =>
        Change(() => Set(new HostProgress(self, http, applied, table, time.GetUtcNow(), Connected: true, identity), self));

    /// <summary>A host that is fed from here said how far it is, and those behind it.</summary>
    public void Hear(string child, IEnumerable<HostProgress> hosts) => Change(() =>
    {
        foreach (var host in hosts.Where(host => host.Name != self))
            Set(host, child);
        // That it speaks says that it lives, also when nothing of its own has moved.
        if (_hosts.TryGetValue(child, out var entry) && entry.Via == child)
            _hosts[child] = entry with { Host = entry.Host with { Heard = time.GetUtcNow(), Connected = true } };
    });

    /// <summary>A host is not fed from here any more, nor are those behind it.</summary>
    public void Lose(string child) => Change(() =>
    {
        foreach (var (name, entry) in _hosts.Where(one => one.Value.Via == child).ToArray())
            _hosts[name] = entry with { Host = entry.Host with { Connected = false }, Version = _version };
    });

    /// <summary>All hosts that were ever heard of here, in the order of their names.</summary>
    public ImmutableArray<HostProgress> All()
    {
        lock (_lock)
            return [.. _hosts.Values.Select(static entry => entry.Host).OrderBy(static host => host.Name, StringComparer.Ordinal)];
    }

    /// <summary>The hosts that are fed from here at first hand.</summary>
    public ImmutableArray<HostProgress> FedFromHere()
    {
        lock (_lock)
            return [.. _hosts.Values.Where(entry => entry.Host.Connected && entry.Host.Name == entry.Via && entry.Via != self).Select(static entry => entry.Host)];
    }

    /// <summary>What has changed since a version, and the version that is reached with it.</summary>
    public (ImmutableArray<HostProgress> Hosts, long Version) Since(long version)
    {
        lock (_lock)
            return ([.. _hosts.Values.Where(entry => entry.Version > version).Select(static entry => entry.Host)], _version);
    }

    /// <summary>Waits until something has changed since a version.</summary>
    public Task WaitAsync(long version, CancellationToken token)
    {
        lock (_lock)
            return _version > version ? Task.CompletedTask : _changed.Task.WaitAsync(token);
    }

    /// <summary>A host that moved to another feeder is connected there, whatever its old one says later.</summary>
    private void Set(HostProgress host, string via)
    {
        if (_hosts.TryGetValue(host.Name, out var known)
            && (known.Via != via && !host.Connected && known.Host.Connected || known.Host.Heard > host.Heard && known.Via != via))
            return;
        var moved = known is null || known.Via != via || known.Host with { Heard = host.Heard } != host;
        _hosts[host.Name] = new Entry(host, via, moved ? _version : known!.Version);
    }

    private void Change(Action what)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _version++;
            what();
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
