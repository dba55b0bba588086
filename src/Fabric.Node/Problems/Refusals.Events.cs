namespace Fabric.Node.Problems;

internal static partial class Refusals
{
    public static Refusal EventsGone(long after, long oldest) =>
        new(410, "events-gone", "Those events are no longer kept",
            $"events after revision {after} were asked for, and this node keeps those after revision {oldest}; read the flags, and listen after the revision that they have")
        {
            OldestRevision = oldest,
        };

    public static Refusal EventsUnknown(long after, long newest) =>
        new(410, "events-gone", "This fabric never had that revision",
            $"events after revision {after} were asked for, and the fabric is at revision {newest}; read the flags, and listen after the revision that they have")
        {
            OldestRevision = newest,
        };

    public static Refusal TooManyStreams(int limit) =>
        new(503, "too-many-streams", "Too many streams of events are open", $"this node holds {limit} streams at once; try another node, or again later") { RetryAfter = Soon };
}
