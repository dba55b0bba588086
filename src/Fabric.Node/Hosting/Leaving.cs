using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>
/// The last moments of a node that still answers: it is not ready any more, hands its leadership over, and ends each
/// connection with the answer on it, so that clients are elsewhere when it stops to listen. Many threads ask it.
/// </summary>
internal sealed class Leaving(Readiness readiness, IConsensus consensus, bool alone, TimeProvider time, ILogger logger)
{
    /// <summary>The most that handing the leadership over takes; several elections fit into it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Without a request for so long, nobody is on the way here any more.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    /// <summary>The most that is waited for quiet: whoever does not look whether a node is ready goes on asking it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private long _lastRequest;
    private volatile bool _leaves;

    /// <summary>Once the node leaves, whoever is answered is told to come on another connection.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        Volatile.Write(ref _lastRequest, time.GetTimestamp());
        if (_leaves)
            http.Response.Headers.Connection = "close";
        return next(http);
    }

    /// <summary>Returns when another node leads and nobody asks this one any more, or when that takes too long.</summary>
    /// <param name="hurry">Cuts every wait short; nothing is lost by it.</param>
    public async Task RunAsync(CancellationToken hurry)
    {
        readiness.Stop();
        _leaves = true;
        var since = time.GetTimestamp();
        var leads = !alone && consensus.Status.Role == MemberRole.Leader;
        if (leads && !await consensus.HandOverAsync(Patience, hurry))
            Log.NotHandedOver(logger);
        try
        {
            while (time.GetElapsedTime(since) < LongestWait && time.GetElapsedTime(Volatile.Read(ref _lastRequest)) < Quiet)
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, hurry);
        }
        catch (OperationCanceledException)
        {
            // Whoever still comes finds nobody listening, and goes to another node.
        }
    }
}
