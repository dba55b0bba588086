using Fabric.Flags;

namespace Fabric.Node.Problems;

internal static partial class Refusals
{
    public static Refusal NoChange(string key, long revision) =>
        new(404, "change-not-found", "There is no such change", $"\"{key}\" was not changed by revision {revision}; its history lists what changed it") { Key = key };

    public static Refusal HistoryGone(string key, long revision, long oldest) =>
        new(410, "history-gone", "That is no longer kept", $"what \"{key}\" was at revision {revision} is not known any more; it is from revision {oldest} on")
        {
            Key = key,
            OldestRevision = oldest,
        };

    public static Refusal FabricGone(long revision, long oldest, IReadOnlyCollection<string> keys) =>
        new(410, "history-gone", "That is no longer kept",
            (keys.Count == 0 ? $"what the flags were at revision {revision} is not known any more"
                : $"what {Named(keys)} {(keys.Count == 1 ? "was" : "were")} at revision {revision} is not known any more")
            + $"; all of them are known from revision {oldest} on")
        {
            OldestRevision = oldest,
        };

    public static Refusal NoChangeSet(long revision) =>
        new(404, "change-not-found", "There is no such change set", $"revision {revision} is no change set that is kept; the history lists those that are");

    public static Refusal ChangedSince(string key, long wanted, long actual) =>
        new(409, "conflict", "A flag was changed again since",
            $"\"{key}\" was changed by revision {wanted} and again since; taking back the one would take back the other")
        {
            Key = key,
            ActualRevision = actual,
        };

    public static Refusal RollbackTooLarge(int flags, long bytes) =>
        new(422, "rollback-too-large", "The rollback does not fit one change set",
            $"{flags} flags differ, with about {bytes} bytes; a change set takes {Limits.ChangesPerSet} flags and {Limits.EntryBytes} bytes. Roll them back one by one");

    public static Refusal NotAcceptedToday(string key, long revision, string reason) =>
        new(422, "definition-refused", "The old definition is not accepted any more", $"what \"{key}\" said at revision {revision} is refused today: {reason}") { Key = key };

    private static string Named(IReadOnlyCollection<string> keys)
    {
        const int Shown = 3;
        var names = string.Join(", ", keys.Take(Shown).Select(static key => $"\"{key}\""));
        return keys.Count > Shown ? $"{names} and {keys.Count - Shown} more flags" : names;
    }
}
