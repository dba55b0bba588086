using Fabric.Bpf.Evaluation;
using Fabric.Flags.State;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Evaluation;

/// <summary>
/// Answers over HTTP what programs of the host are answered: the table evaluates, and the state gives the names and
/// values of the very revision that answered.
/// </summary>
internal sealed class FlagEvaluation(IConsensus consensus, TableLoop table, HttpOnlyEvaluation httpOnly, TimeProvider time)
{
    /// <summary>Time that the table has to catch up with the state.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>What one flag answers, and the state that it was answered from.</summary>
    public async Task<(FabricState State, FlagResult Result)> OneAsync(string key, Caller caller, CancellationToken token)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var state = consensus.State;
            if (!state.Flags.Flags.TryGetValue(key, out var flag))
                return (state, new FlagResult.NotFound());
            if (await TryAsync(Begin(state, caller), flag, token) is { } result)
                return (state, result);
            if (time.GetElapsedTime(since) > Patience)
                return (state, Behind());
            await Task.Delay(Pause, time, token);
        }
    }

    /// <summary>
    /// What all flags answer, in the order of their keys, as one state has them; null with the reason where the table
    /// does not reach it.
    /// </summary>
    public async Task<(FabricState State, IReadOnlyList<FlagResult>? Results, string? Details)> AllAsync(Caller caller, CancellationToken token)
    {
        var since = time.GetTimestamp();
        var answered = new Dictionary<string, (long Revision, FlagResult Result)>(StringComparer.Ordinal);
        while (true)
        {
            var state = consensus.State;
            var inquiry = Begin(state, caller);
            var results = new List<FlagResult>(state.Flags.Flags.Count);
            foreach (var flag in state.Flags.Flags.Values)
            {
                token.ThrowIfCancellationRequested();
                // What was answered at this revision stands: while others change, only those are asked again.
                if (answered.TryGetValue(flag.Key, out var known) && known.Revision == flag.Revision)
                {
                    results.Add(known.Result);
                }
                else if (await TryAsync(inquiry, flag, token) is { } result)
                {
                    answered[flag.Key] = (flag.Revision, result);
                    results.Add(result);
                }
            }

            if (results.Count == state.Flags.Flags.Count)
                return (state, results, null);
            if (time.GetElapsedTime(since) > Patience)
                return (state, null, Behind().Details);
            await Task.Delay(Pause, time, token);
        }
    }

    private Inquiry Begin(FabricState state, Caller caller) =>
        new(state.Flags, caller, time.GetTimestamp() + (long)(RuleLimits.RequestTime.TotalSeconds * time.TimestampFrequency));

    private ValueTask<FlagResult?> TryAsync(Inquiry inquiry, Flag flag, CancellationToken token) => flag.Definition.HttpOnlyBecause is null
        ? ValueTask.FromResult(FromTable(inquiry, flag))
        : httpOnly.EvaluateAsync(inquiry, flag, FromTable, token);

    /// <summary>Null while the table has the flag at another revision than the state.</summary>
    private FlagResult? FromTable(Inquiry inquiry, Flag flag)
    {
        if (table.Evaluate(flag.Key, inquiry.Caller.Facts) is not { } answer || answer.Revision != flag.Revision)
            return null;
        return answer.Reason == AnswerReason.Error
            ? new FlagResult.Failed(flag, "targeting fails, or gives what names no variant")
            : new FlagResult.Given(flag, answer.Reason, answer.Variant);
    }

    private FlagResult.NotNow Behind() => new(table.NotCurrent ?? "the table has not reached what this node has applied");
}
