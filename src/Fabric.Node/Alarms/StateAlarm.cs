namespace Fabric.Node.Alarms;

/// <summary>
/// The alarm that states differ. What has healed by itself stays for a while: somebody is to learn that it happened. Any
/// thread.
/// </summary>
internal sealed class StateAlarm(AlarmBoard alarms, TimeProvider time)
{
    private const string Look = "this must not happen: keep the log of this node and of the others, check memory and disk of the host, and report it";

    private readonly Lock _lock = new();

    // When it was last there, where this host healed; null where nothing is to be remembered.
    private long? _healed;

    /// <summary>For how long an alarm stays that is over.</summary>
    public static TimeSpan Remembered { get; } = TimeSpan.FromMinutes(10);

    /// <summary>States differ right now.</summary>
    public void Differs(string detail)
    {
        lock (_lock)
            _healed = null;
        alarms.Raise(AlarmKinds.StateDiverged, detail, Look);
    }

    /// <summary>This host took another's state in the place of its own.</summary>
    public void Healed(string from, long index)
    {
        lock (_lock)
            _healed = time.GetTimestamp();
        alarms.Raise(AlarmKinds.StateDiverged, $"this host's state was wrong; it was made anew from that of {from} at revision {index}, at {time.GetUtcNow():O}", Look);
    }

    /// <summary>States agree right now, as far as they can be compared.</summary>
    public void Agrees()
    {
        lock (_lock)
        {
            if (_healed is { } since && time.GetElapsedTime(since) < Remembered)
                return;
            _healed = null;
        }

        alarms.Clear(AlarmKinds.StateDiverged);
    }

    /// <summary>Ends what has healed and was there long enough.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            if (_healed is not { } since || time.GetElapsedTime(since) < Remembered)
                return;
        }

        Agrees();
    }
}
