using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Raft;

namespace Fabric.Node.Evaluation;

/// <summary>
/// Evaluates definitions that the table cannot: the order of an answer is the one of docs/flag-language.md, which the
/// table's evaluator follows for all others.
/// </summary>
internal sealed class HttpOnlyEvaluation(
    IConsensus consensus, Func<ImmutableSortedSet<string>?> builds, RuleEngines engines, TimeProvider time)
{
    /// <summary>Flags that one answer asks: the flag, its prerequisites, theirs, … FLAG_MAX_EVALUATIONS.</summary>
    private const int MaxEvaluations = 32;

    /// <summary>A flag, its prerequisites, theirs, … FLAG_MAX_DEPTH.</summary>
    private const int MaxDepth = 5;

    /// <summary>Asks for a flag that the table evaluates; null while the table does not have it as the state does.</summary>
    public delegate FlagResult? FromTable(Inquiry inquiry, Flag flag);

    /// <summary>What the flag answers; null while the table does not have a prerequisite as the state does.</summary>
    public ValueTask<FlagResult?> EvaluateAsync(Inquiry inquiry, Flag flag, FromTable fromTable, CancellationToken token) =>
        new Descent(this, inquiry, fromTable).EvaluateAsync(flag, depth: 1, token);

    /// <summary>What this host has attached to; null while that is not known.</summary>
    private ImmutableSortedSet<string>? Builds => builds();

    private DateTimeOffset Now => time.GetUtcNow();

    private bool IsStale(Staleness? staleness) =>
        staleness is not null && !(consensus.Status.LastContact is { } contact && Now - contact <= staleness.After);

    private bool IsInRamp(Ramp ramp, string seed, string? targetingKey)
    {
        if (string.IsNullOrEmpty(targetingKey))
            return false;
        var passed = Math.Clamp((Now - ramp.Start).Ticks, 0, (ramp.End - ramp.Start).Ticks);
        // In 2^-32, from thousandths of a percent.
        var share = (((Int128)ramp.From << 32) + (((Int128)(ramp.To - ramp.From) << 32) * passed / (ramp.End - ramp.Start).Ticks)) / Ramp.Everybody;
        return Murmur3.Hash(seed + targetingKey) < share;
    }

    private async ValueTask<(string? Variant, string? Failure)> TargetAsync(Inquiry inquiry, Flag flag, CancellationToken token)
    {
        if (time.GetTimestamp() > inquiry.RulesUntil)
            return (null, $"the rules of one request have {RuleLimits.RequestTime.TotalSeconds:0} s together, and they are used up");
        return await engines.RunAsync(flag, inquiry.Caller, token);
    }

    private static int? IndexOf(FlagDefinition definition, string variant)
    {
        for (var i = 0; i < definition.Variants.Length; i++)
        {
            if (definition.Variants[i].Name == variant)
                return i;
        }

        return null;
    }

    /// <summary>One answer with the flags that it asks on its way.</summary>
    private sealed class Descent(HttpOnlyEvaluation owner, Inquiry inquiry, FromTable fromTable)
    {
        private int _evaluations;

        public async ValueTask<FlagResult?> EvaluateAsync(Flag flag, int depth, CancellationToken token)
        {
            if (++_evaluations > MaxEvaluations || depth > MaxDepth)
                return new FlagResult.Failed(flag, $"prerequisites lead deeper than {MaxDepth} levels or to more than {MaxEvaluations} evaluations");
            var definition = flag.Definition;
            if (definition.HttpOnlyBecause is null)
                return fromTable(inquiry, flag);
            if (definition.State == FlagState.Disabled)
                return new FlagResult.Given(flag, AnswerReason.Disabled, null);
            if (!BuildGate.IsOpen(definition, owner.Builds))
                return new FlagResult.Given(flag, AnswerReason.Default, null);

            if (owner.IsStale(definition.Staleness))
                return new FlagResult.Given(flag, AnswerReason.Stale, definition.Staleness!.Variant);
            if (await IsOnAsync(definition, depth, token) is not { } on)
                return null;
            return on ? await DecideAsync(flag, token) : new FlagResult.Given(flag, AnswerReason.Default, definition.OffVariant);
        }

        /// <summary>Whether its time has come and its prerequisites are met; null when that cannot be said yet.</summary>
        private async ValueTask<bool?> IsOnAsync(FlagDefinition definition, int depth, CancellationToken token)
        {
            if (definition.ActivateAt is { } start && owner.Now < start)
                return false;
            foreach (var wanted in definition.Prerequisites)
            {
                if (!inquiry.Flags.Flags.TryGetValue(wanted.Flag, out var other))
                    return false;
                var result = await EvaluateAsync(other, depth + 1, token);
                if (result is null)
                    return null;
                if (result is not FlagResult.Given { Variant: { } variant } || other.Definition.Variants[variant].Name != wanted.Variant)
                    return false;
            }

            return true;
        }

        private async ValueTask<FlagResult> DecideAsync(Flag flag, CancellationToken token)
        {
            var definition = flag.Definition;
            if (definition.Targeting is not null)
            {
                var (variant, failure) = await owner.TargetAsync(inquiry, flag, token);
                if (failure is not null)
                    return new FlagResult.Failed(flag, failure);
                if (variant is not null)
                {
                    return IndexOf(definition, variant) is { } index
                        ? new FlagResult.Given(flag, AnswerReason.TargetingMatch, index)
                        : new FlagResult.Failed(flag, "targeting gives a name that no variant has");
                }
            }

            if (definition.Ramp is { } ramp && owner.IsInRamp(ramp, definition.Salt ?? flag.Key, inquiry.Caller.Facts.TargetingKey))
                return new FlagResult.Given(flag, AnswerReason.Split, ramp.Variant);
            var plain = definition.Targeting is null && definition.Ramp is null;
            return new FlagResult.Given(flag, plain ? AnswerReason.Static : AnswerReason.Default, definition.DefaultVariant);
        }
    }
}
