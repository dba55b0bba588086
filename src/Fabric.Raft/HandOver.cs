namespace Fabric.Raft;

/// <summary>What came of handing leadership over.</summary>
public abstract record HandOver
{
    private HandOver() { }

    /// <summary>Another leads.</summary>
    /// <param name="Leader">Its name; the one that was meant, unless that one failed at the last moment.</param>
    public sealed record Done(string Leader) : HandOver;

    /// <summary>No other leads, or not yet.</summary>
    public sealed record Refused(string Reason) : HandOver;
}
