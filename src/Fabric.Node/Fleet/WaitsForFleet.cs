using Fabric.Flags;
using Fabric.Node.Options;

namespace Fabric.Node.Fleet;

/// <summary>An address that takes <c>?wait=fleet&amp;timeout=5s</c>.</summary>
internal sealed record WaitsForFleet
{
    public const string Wait = "wait";
    public const string Timeout = "timeout";

    /// <summary>How long to wait for the fleet; null where the request does not ask to.</summary>
    /// <param name="request">The request.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="timeoutAlone">The address has a wait of its own, which is bounded by the same name and judged there.</param>
    public static TimeSpan? Read(HttpRequest request, ICollection<Problem> problems, bool timeoutAlone = false)
    {
        string? what = request.Query[Wait], howLong = request.Query[Timeout];
        if (what is null && timeoutAlone)
            return null;
        var time = howLong is null ? FleetWait.Usual : Durations.Read(howLong);
        if (what is not (null or "fleet"))
            problems.Add(new Problem($"?{Wait}", "must be fleet"));
        if (time is null || time > FleetApi.LongestWait)
            problems.Add(new Problem($"?{Timeout}", $"must be {Durations.Range}, and at most 10m"));
        if (what is null && howLong is not null)
            problems.Add(new Problem($"?{Timeout}", "goes with ?wait=fleet"));
        return what is null ? null : time;
    }
}
