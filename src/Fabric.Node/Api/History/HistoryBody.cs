using System.Globalization;
using Fabric.Flags.History;
using Fabric.Node.Json;

namespace Fabric.Node.Api.History;

/// <summary>A change set as it is remembered, or as much as is kept of it.</summary>
/// <param name="Revision">It.</param>
/// <param name="At">When the leader took it, by its clock; null for change sets of logs that did not keep it yet, as are the next four.</param>
/// <param name="Actor">Who made it; null where they said nothing.</param>
/// <param name="ActorSource">How that is known: <c>claimed</c> by themselves, for there is no authentication yet.</param>
/// <param name="Node">The node that was asked for it.</param>
/// <param name="Address">The address of whoever asked.</param>
/// <param name="Message">Why, in the words of whoever made it.</param>
/// <param name="Changes">What changed, ordered by key.</param>
internal sealed record PastSetBody(
    long Revision, string? At, string? Actor, string? ActorSource, string? Node, string? Address, string? Message, IReadOnlyList<PastChangeBody> Changes)
{
    /// <summary>A set from what is kept of it; at least one change.</summary>
    public static PastSetBody From(IReadOnlyList<FlagChange> changes)
    {
        var (revision, origin) = (changes[0].Revision, changes[0].Origin);
        return new PastSetBody(
            revision, Text(origin?.At), origin?.Actor, origin?.Actor is null ? null : "claimed", origin?.Node, origin?.Address, changes[0].Message,
            [.. changes.Select(PastChangeBody.From)]);
    }

    private static string? Text(long? milliseconds) => milliseconds is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
        : null;
}

/// <summary>One change of a change set.</summary>
/// <param name="Key">The flag.</param>
/// <param name="Kind"><c>put</c> or <c>delete</c>.</param>
/// <param name="PreviousRevision">The revision that the flag had before; 0 where it did not exist.</param>
/// <param name="Definition">What it says since; null where it was deleted.</param>
internal sealed record PastChangeBody(string Key, string Kind, long PreviousRevision, RawJson? Definition)
{
    public const string Put = "put";
    public const string Delete = "delete";

    public static PastChangeBody From(FlagChange change) =>
        new(change.Key, change.Definition is null ? Delete : Put, change.Before, change.Definition is { } json ? new RawJson(json) : null);
}

/// <summary>The last change sets of the fabric, newest first.</summary>
/// <param name="ChangeSets">One page of them.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
/// <param name="Since">Of what came after this revision nothing was dropped, but for flags that changed more often than is kept of one.</param>
internal sealed record HistoryBody(IReadOnlyList<PastSetBody> ChangeSets, long? Next, long Since);

/// <summary>The last changes of one flag, newest first: each as its change set, with the flag's change alone.</summary>
/// <param name="Key">The flag.</param>
/// <param name="Changes">One page of them.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
internal sealed record FlagHistoryBody(string Key, IReadOnlyList<FlagChangeBody> Changes, long? Next);

/// <summary>One change of a flag; its members are those of a change set and of a change in it.</summary>
internal sealed record FlagChangeBody(
    string Key, long Revision, string? At, string? Actor, string? ActorSource, string? Node, string? Address, string? Message,
    string Kind, long PreviousRevision, RawJson? Definition)
{
    public static FlagChangeBody From(FlagChange change)
    {
        var set = PastSetBody.From([change]);
        var one = set.Changes[0];
        return new FlagChangeBody(change.Key, change.Revision, set.At, set.Actor, set.ActorSource, set.Node, set.Address, set.Message, one.Kind, one.PreviousRevision, one.Definition);
    }
}

/// <summary>What became of a flag between two revisions.</summary>
/// <param name="Key">The flag.</param>
/// <param name="From">The change that was in force at the first; 0 where the flag did not exist.</param>
/// <param name="To">The change that was in force at the second; 0 where the flag did not exist.</param>
/// <param name="Patch">An RFC 6902 JSON patch from one definition to the other; a flag that does not exist is null.</param>
/// <param name="Text">A unified diff of both, indented; empty where they are equal.</param>
internal sealed record DiffBody(string Key, long From, long To, RawJson Patch, string Text);
