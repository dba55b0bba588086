using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Api.Flags;

/// <summary>Makes a flag's new definition from its old one; problems refuse the write.</summary>
internal delegate (FlagDefinition? Definition, IReadOnlyCollection<Problem> Problems) FlagEdit(Flag flag);

/// <summary>
/// Writes that read first. The flag is read from this node's own state, which may be behind: the write requires the
/// revision that was read, so a stale read costs another try and never a lost update.
/// </summary>
internal sealed class FlagEdits(IConsensus consensus, ReadFence reads, WriteDesk desk)
{
    private const int MaxTries = 6;

    public async Task<IResult> EditAsync(HttpContext http, FlagRequest request, FlagEdit edit)
    {
        for (var number = 0; number < MaxTries; number++)
        {
            var (flag, refusal) = await ReadAsync(request, fresh: number > 0, http.RequestAborted);
            if (flag is null)
                return refusal!;
            var (definition, problems) = edit(flag);
            if (definition is null)
                return Refusals.Invalid(problems);

            var required = request.Condition.IfRevision ?? flag.Revision;
            var changes = new ChangeSet(request.Operation.ForTry(number), [new Change.Put(request.Key, definition, required)], request.Message);
            if (WriteDesk.TooLarge(changes) is { } large)
                return large;
            var result = await desk.WriteAsync(http, changes);
            if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied })
                return FlagsApi.Answer(http, AfterEdit(flag, applied.Revision, definition), 200);
            if (result is not WriteResult.Decided { Outcome: ChangeOutcome.Conflict } || request.Condition.Kind == ConditionKind.At)
                return desk.Refusal(result, request.Operation.Id, byHeader: true)!;
        }

        return Refusals.Busy(request.Key);
    }

    /// <summary>The answer to a retry has the first attempt's revision, which the flag that was read already contains.</summary>
    private static Flag AfterEdit(Flag read, long revision, FlagDefinition definition) =>
        revision <= read.Revision ? read : new Flag(read.Key, revision, definition);

    private async Task<(Flag? Flag, Refusal? Refusal)> ReadAsync(FlagRequest request, bool fresh, CancellationToken token)
    {
        var flag = fresh ? null : consensus.State.Flags.Flags.GetValueOrDefault(request.Key);
        if (flag is null || Misses(request, flag))
        {
            var (state, refusal) = await reads.ReadAsync(new ReadQuery(Linearizable: true, MinRevision: 0), token);
            if (state is null)
                return (null, refusal! with { Kind = "no-leader", Detail = $"{refusal.Detail}; nothing was applied" });
            flag = state.Flags.Flags.GetValueOrDefault(request.Key);
        }

        if (flag is null)
            return (null, request.Condition.Kind == ConditionKind.None ? Refusals.NoFlag(request.Key) : Refusals.Precondition(request.Key, 0));
        // A client's own retry may have changed the revision itself: then the log knows the outcome, and is asked.
        return Misses(request, flag) && !request.Operation.FromClient
            ? (null, Refusals.Precondition(request.Key, flag.Revision))
            : (flag, null);
    }

    private static bool Misses(FlagRequest request, Flag flag) =>
        request.Condition.Kind == ConditionKind.At && request.Condition.Revision != flag.Revision;
}
