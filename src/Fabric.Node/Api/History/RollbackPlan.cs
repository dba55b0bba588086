using System.Collections.Immutable;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.History;
using Fabric.Node.Problems;
using Fabric.Raft;

namespace Fabric.Node.Api.History;

/// <summary>The changes that make flags of a state what they were at a revision; each requires the flag as the state has it.</summary>
internal sealed record RollbackPlan(ImmutableArray<Change> Changes, IReadOnlyList<RolledBackBody> Flags)
{
    /// <summary>All flags that were another then, or those of one change set; exactly one of the two results is set.</summary>
    public static (RollbackPlan? Plan, Refusal? Refusal) Of(FabricState state, RollbackRequest request)
    {
        if (WhyNotKnown(state, request) is { } refusal)
            return (null, refusal);
        if (request.ChangeSet is not { } revision)
            return To(state, request.ToRevision, state.History.ChangedSince(request.ToRevision, state.Flags));

        var set = state.History.Set(revision);
        if (set.Count == 0)
            return (null, revision <= state.History.Since ? Refusals.FabricGone(revision, state.History.Since, []) : Refusals.NoChangeSet(revision));
        foreach (var change in set)
        {
            if (state.History.OfFlag(change.Key).First() is var last && last.Revision != revision)
                return (null, Refusals.ChangedSince(change.Key, revision, last.Revision));
        }

        return To(state, request.ToRevision, [.. set.Select(static change => change.Key)]);
    }

    /// <summary>One flag; a plan without changes where it neither exists now nor did then.</summary>
    public static (RollbackPlan? Plan, Refusal? Refusal) OfFlag(FabricState state, string key, long revision)
    {
        if (revision > state.Flags.Revision)
            return (null, NotYet(revision, state));
        var then = state.History.At(key, revision, state.Flags);
        if (then is FlagThen.Forgotten forgotten)
            return (null, Refusals.HistoryGone(key, revision, forgotten.Oldest));
        var (change, refusal) = Restore(state, key, revision, then);
        return refusal is null ? (From(state, change is null ? [] : [change], [then]), null) : (null, refusal);
    }

    private static Refusal? WhyNotKnown(FabricState state, RollbackRequest request)
    {
        if (request.ToRevision > state.Flags.Revision)
            return NotYet(request.ToRevision, state);
        // A flag that was deleted, and whose changes are all dropped, may have existed then.
        return request.ChangeSet is null && request.ToRevision < state.History.Since
            ? Refusals.FabricGone(request.ToRevision, state.History.Since, [])
            : null;
    }

    private static Refusal NotYet(long revision, FabricState state) =>
        Refusals.Invalid([new Problem("/toRevision", $"{revision} is still to come; the fabric is at revision {state.Flags.Revision}")]);

    private static (RollbackPlan? Plan, Refusal? Refusal) To(FabricState state, long revision, IReadOnlyCollection<string> keys)
    {
        var then = keys.Select(key => (Key: key, Was: state.History.At(key, revision, state.Flags))).ToArray();
        var forgotten = then.Where(static flag => flag.Was is FlagThen.Forgotten).ToArray();
        if (forgotten.Length > 0)
            return (null, Refusals.FabricGone(revision, forgotten.Max(static flag => ((FlagThen.Forgotten)flag.Was).Oldest), [.. forgotten.Select(static flag => flag.Key)]));

        var (changes, kept) = (new List<Change>(), new List<FlagThen>());
        foreach (var (key, was) in then.Where(flag => Differs(state, flag.Key, flag.Was)))
        {
            var (change, refusal) = Restore(state, key, revision, was);
            if (refusal is not null)
                return (null, refusal);
            changes.Add(change!);
            kept.Add(was);
        }

        return (From(state, changes, kept), null);
    }

    private static bool Differs(FabricState state, string key, FlagThen then)
    {
        var now = state.Flags.Flags.GetValueOrDefault(key);
        return then is FlagThen.Was was ? now is null || !now.Definition.Json.Span.SequenceEqual(was.Definition.Span) : now is not null;
    }

    private static (Change? Change, Refusal? Refusal) Restore(FabricState state, string key, long revision, FlagThen then)
    {
        var now = state.Flags.Flags.GetValueOrDefault(key)?.Revision ?? 0;
        if (then is not FlagThen.Was was)
            return (now == 0 ? null : new Change.Delete(key, now), null);
        var (definition, problems) = DefinitionParser.Parse(was.Definition);
        return definition is null
            ? (null, Refusals.NotAcceptedToday(key, revision, string.Join("; ", problems)))
            : (new Change.Put(key, definition, now), null);
    }

    private static RollbackPlan From(FabricState state, List<Change> changes, List<FlagThen> then) => new(
        [.. changes],
        [.. changes.Select((change, i) => new RolledBackBody(
            change.Key, change is Change.Put ? PastChangeBody.Put : PastChangeBody.Delete,
            state.Flags.Flags.GetValueOrDefault(change.Key)?.Revision ?? 0, (then[i] as FlagThen.Was)?.Revision ?? 0))]);
}
