using System.Text.Json;
using Fabric.Chaos.History;
using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>
/// Each flag is a linearizable register, by the answers alone: no revision of an answer is believed, only what a condition
/// refers to. An operation on many flags is one on each of them, which loses no explanation.
/// </summary>
internal sealed class RegisterChecks : Checker
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public override string Name => "register";

    public override string Things => "operations on flags as registers";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var values = new ValueNames();
        var absent = values.NumberOf(default(JsonElement));
        var histories = Histories(recorded, value => value is { } number ? values.NumberOf(JsonSerializer.SerializeToElement(number)) : absent);
        tally.Add(histories.Sum(static history => history.Operations.Count));
        var (word, why) = CheckRun.Judge(histories, values, absent, Timeout);
        if (word != "OK")
            yield return new Wrong(why, Undecided: word == "UNKNOWN");
    }

    private static List<KeyHistory> Histories(Case recorded, Func<long?, int> number)
    {
        var used = recorded.Run.Operations.Where(operation => !(operation.IsRead && operation.Local)).ToList();
        var ranks = Ranks(used);
        var keys = new SortedDictionary<string, List<Operation>>(StringComparer.Ordinal);
        void Keep(string key, OperationKind kind, int from, int value, RecordedOperation operation)
        {
            if (!keys.TryGetValue(key, out var operations))
                keys[key] = operations = [];
            var (began, ended) = ranks[operation];
            operations.Add(new Operation(kind, from, value, began, kind is OperationKind.PerhapsWrite or OperationKind.PerhapsSwap ? Operation.Never : ended, operation.Line));
        }

        foreach (var operation in used)
        {
            if (operation.IsRead)
            {
                if (operation.Outcome == Outcome.Ok)
                    Keep(operation.Key!, OperationKind.Read, 0, number(operation.Value), operation);
                continue;
            }

            foreach (var change in operation.Changes)
            {
                if (KindOf(recorded, operation, change) is not { } kind)
                    continue;
                var from = change.IfRevision is { } revision ? number(revision == 0 ? null : recorded.Log.VersionAt(change.Key, revision).Value) : 0;
                Keep(change.Key, kind, from, number(change.Value), operation);
            }
        }

        return [.. keys.Select(static pair => new KeyHistory(pair.Key, [.. pair.Value.OrderBy(static operation => operation.Began)]))];
    }

    /// <summary>What it was for one flag; null where it says nothing of it.</summary>
    private static OperationKind? KindOf(Case recorded, RecordedOperation operation, Change change)
    {
        // A revision that the flag never had tells nothing of its values.
        var conditional = change.IfRevision is { } revision && (revision == 0 || recorded.Log.VersionAt(change.Key, revision).FlagRevision == revision);
        if (change.IfRevision is not null && !conditional)
            return null;
        return operation.Outcome switch
        {
            Outcome.Ok => conditional ? OperationKind.Swap : OperationKind.Write,
            // Which of several conditions failed, nobody says.
            Outcome.Refused => conditional && operation.Conflict && operation.Changes.Count == 1 ? OperationKind.Miss : null,
            // What the log does not have never took effect.
            _ when change.Value is not null && Authors.PlaceOf(operation, recorded.Log) is null => null,
            _ => conditional ? OperationKind.PerhapsSwap : OperationKind.PerhapsWrite,
        };
    }

    /// <summary>Where each begins and ends among all; where times are equal, beginnings come first, which only makes more possible.</summary>
    private static Dictionary<RecordedOperation, (int Began, int Ended)> Ranks(List<RecordedOperation> operations)
    {
        var ranks = new Dictionary<RecordedOperation, (int Began, int Ended)>(ReferenceEqualityComparer.Instance);
        var rank = 0;
        foreach (var (_, ends, operation) in operations.Select(static one => (one.Began, Ends: false, one))
            .Concat(operations.Where(static one => one.Outcome != Outcome.Unknown).Select(static one => (one.Ended, Ends: true, one)))
            .OrderBy(static point => point.Item1).ThenBy(static point => point.Ends))
        {
            rank++;
            ranks[operation] = ends ? (ranks[operation].Began, rank) : (rank, Operation.Never);
        }

        return ranks;
    }
}
