using Fabric.Bpf.Evaluation;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;
using Fabric.Node.Evaluation;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Api.Explain;

/// <summary>Has the host's table explain an answer, and says it in the words of the definition that it came from.</summary>
internal sealed class FlagExplaining(IConsensus consensus, TableLoop table, FlagEvaluation evaluation, HostFacts host, TimeProvider time)
{
    /// <summary>Time that the table has to catch up with the state.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>The explanation, or null: with the reason where the node cannot tell right now, without one where there is no such flag.</summary>
    public async Task<(FabricState State, ExplanationBody? Explanation, string? Behind)> ExplainAsync(string key, Caller caller, CancellationToken token)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var state = consensus.State;
            if (!state.Flags.Flags.TryGetValue(key, out var flag))
                return (state, null, null);
            if (flag.Definition.HttpOnlyBecause is not null)
                return await FromHttpAsync(key, caller, token);
            if (table.Explain(key, caller.Facts) is { } found && found.Answer.Revision == flag.Revision)
                return (state, Explain(flag, found, ProgramOf(flag), caller), null);
            if (time.GetElapsedTime(since) > Patience)
                return (state, null, table.NotCurrent ?? "the table has not reached what this node has applied");
            await Task.Delay(Pause, time, token);
        }
    }

    private async Task<(FabricState State, ExplanationBody? Explanation, string? Behind)> FromHttpAsync(string key, Caller caller, CancellationToken token)
    {
        var (state, result) = await evaluation.OneAsync(key, caller, token);
        return result switch
        {
            FlagResult.Given given => (state, Bare(given.Flag, given.Reason, given.Variant), null),
            FlagResult.Failed failed => (state, Bare(failed.Flag, AnswerReason.Error, null), null),
            FlagResult.NotNow not => (state, null, not.Details),
            _ => (state, null, null),
        };

        ExplanationBody Bare(Flag flag, AnswerReason reason, int? variant) => Explain(
            flag, new Explanation(new FlagAnswer(flag.Revision, reason, variant), [], [], null, IsCut: false), null, caller);
    }

    private ExplanationBody Explain(Flag flag, Explanation found, DecisionProgram? program, Caller caller)
    {
        // Another moment than the answer's: an answer by a variant shows that the gate was open then.
        var isKept = found.Answer is { Reason: AnswerReason.Default, Variant: null } && !BuildGate.IsOpen(flag.Definition, table.Builds);
        return isKept
            ? Explained.From(flag, found, null, caller.Facts, time.GetUtcNow()) with { Rule = "/requiresBuild" }
            : Explained.From(flag, found, program, caller.Facts, time.GetUtcNow());
    }

    /// <summary>The program that the table has; null where the rule fits the flag's slot, and where there is none.</summary>
    private DecisionProgram? ProgramOf(Flag flag) =>
        flag.Definition.Targeting is null || flag.Definition.Rollout is not null ? null : Compiler.Compile(flag.Definition, flag.Key, host).Program;
}
