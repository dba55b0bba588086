using System.Collections.Immutable;

namespace Fabric.Node.Alarms;

/// <summary>The alarms of this host, as they are now. Any thread raises, clears and reads them.</summary>
internal sealed class AlarmBoard(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private ImmutableSortedDictionary<string, Alarm> _current = ImmutableSortedDictionary<string, Alarm>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Raised when a kind begins or ends, with all that are there now; what hears it must return at once.</summary>
    public event Action<ImmutableArray<Alarm>>? Changed;

    /// <summary>All that are there now, in the order of their kinds.</summary>
    public ImmutableArray<Alarm> Current => [.. Volatile.Read(ref _current).Values];

    public Alarm? Find(string kind) => Volatile.Read(ref _current).GetValueOrDefault(kind);

    /// <summary>Begins an alarm, or says anew what is wrong where it is there already.</summary>
    public void Raise(string kind, string detail, string cure)
    {
        lock (_lock)
        {
            var known = _current.GetValueOrDefault(kind);
            Volatile.Write(ref _current, _current.SetItem(kind, new Alarm(kind, known?.Since ?? time.GetUtcNow(), detail, cure)));
            if (known is not null)
                return;
        }

        Log.AlarmRaised(logger, kind, detail, cure);
        Changed?.Invoke(Current);
    }

    /// <summary>Ends an alarm, if it is there.</summary>
    public void Clear(string kind)
    {
        lock (_lock)
        {
            if (!_current.ContainsKey(kind))
                return;
            Volatile.Write(ref _current, _current.Remove(kind));
        }

        Log.AlarmCleared(logger, kind);
        Changed?.Invoke(Current);
    }
}
