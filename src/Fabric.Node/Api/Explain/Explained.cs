using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fabric.Bpf.Evaluation;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Flags.Targeting;
using Fabric.Node.Ofrep;

namespace Fabric.Node.Api.Explain;

/// <summary>Turns what the evaluator wrote down into the words of the definition.</summary>
internal static class Explained
{
    private const long RampTotal = 1L << 32;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="flag">The flag.</param>
    /// <param name="found">How the answer came about.</param>
    /// <param name="program">The program that the steps are of; null where the flag has none.</param>
    /// <param name="caller">Who asked.</param>
    /// <param name="now">When.</param>
    public static ExplanationBody From(Flag flag, Explanation found, DecisionProgram? program, EvaluationContext caller, DateTimeOffset now)
    {
        var definition = flag.Definition;
        var variant = found.Answer.Variant is { } index ? definition.Variants[index] : null;
        var bucket = BucketOf(definition, found, program);
        return new ExplanationBody
        {
            Key = flag.Key,
            Revision = found.Answer.Revision,
            Variant = variant?.Name,
            Value = variant is null ? null : new AnyJson(System.Text.Encoding.UTF8.GetBytes(variant.Json)),
            Reason = JsonNamingPolicy.SnakeCaseUpper.ConvertName(found.Answer.Reason.ToString()),
            EvaluableIn = definition.EvaluableIn,
            EvaluableInReason = definition.HttpOnlyBecause,
            Rule = RuleOf(definition, found, program, now),
            Steps = program is null ? [] : [.. found.Steps.Select(step => StepOf(definition, program, step))],
            Bucket = bucket,
            Facts = FactsOf(found, program, bucket is null ? null : caller.TargetingKey),
            IsCut = found.IsCut ? true : null,
        };
    }

    private static string RuleOf(FlagDefinition definition, Explanation found, DecisionProgram? program, DateTimeOffset now) => found.Answer.Reason switch
    {
        AnswerReason.Disabled => "/state",
        AnswerReason.Stale => "/staleAfter",
        AnswerReason.Split => "/ramp",
        AnswerReason.TargetingMatch or AnswerReason.Error => Decisive(found, program) ?? ShareOf(definition, found) ?? "/targeting",
        _ when definition.ActivateAt is { } time && now < time => "/activateAt",
        // Whoever got past the prerequisites has been asked something.
        _ when definition.Prerequisites.Length > 0 && program is not null && found.Steps.IsEmpty => "/prerequisites",
        _ => "/defaultVariant",
    };

    /// <summary>The last question. Answers of the same variant are one step, and so do not tell which way led there.</summary>
    private static string? Decisive(Explanation found, DecisionProgram? program)
    {
        if (program is null || found.Steps.IsEmpty)
            return null;
        var asked = found.Steps.LastOrDefault(step => program.Steps[step.Number].Op is not (StepOp.Give or StepOp.Pass or StepOp.Fail), found.Steps[^1]);
        return program.Places[asked.Number];
    }

    private static string? ShareOf(FlagDefinition definition, Explanation found)
    {
        if (definition is not { Rollout: { } rollout, Targeting: Expression.Fractional fractional } || found.Bucket is not { } bucket)
            return null;
        var end = 0L;
        for (var i = 0; i < rollout.Buckets.Length && i < fractional.Shares.Length; i++)
        {
            end += rollout.Buckets[i].Weight;
            if (bucket.Point < end)
                return fractional.Shares[i].Variant.Place;
        }

        return null;
    }

    private static ExplainedStep StepOf(FlagDefinition definition, DecisionProgram program, TracedStep traced)
    {
        var step = program.Steps[traced.Number];
        var text = ProgramText.Of(program, traced.Number);
        // Where it goes on is said by what follows.
        var end = Math.Max(text.LastIndexOf(" ? ", StringComparison.Ordinal), text.LastIndexOf(" -> ", StringComparison.Ordinal));
        var asked = step.Op is StepOp.Give ? "give" : end < 0 ? text : text[..end];
        return new ExplainedStep(program.Places[traced.Number], asked, FoundOf(definition, step, traced.Next));
    }

    private static string FoundOf(FlagDefinition definition, ProgramStep step, int next) => step.Op switch
    {
        StepOp.Give => definition.Variants[step.Extra].Name,
        StepOp.Pass => "null",
        StepOp.Fail => "failure",
        StepOp.Bucket or StepOp.Weigh or StepOp.Select => "done",
        _ when next < 0 => "failure",
        StepOp.Calculate or StepOp.HashBegin or StepOp.HashText => "done",
        _ when next == step.Yes => "yes",
        _ when next == step.No => "no",
        _ => "null",
    };

    /// <summary>A prerequisite's bucket is written down, too, and is not this flag's.</summary>
    private static ExplainedBucket? BucketOf(FlagDefinition definition, Explanation found, DecisionProgram? program)
    {
        if (found.Bucket is not { } bucket)
            return null;
        if (bucket.Total == 0)
            return definition.Ramp is null ? null : new ExplainedBucket(bucket.Hash, bucket.Point, RampTotal);
        var own = definition.Rollout is not null
            || (program is not null && found.Steps.Any(step => program.Steps[step.Number].Op is StepOp.Bucket or StepOp.Weigh));
        return own ? new ExplainedBucket(bucket.Hash, bucket.Point, bucket.Total) : null;
    }

    private static SortedDictionary<string, AnyJson> FactsOf(Explanation found, DecisionProgram? program, string? hashedKey)
    {
        var facts = new SortedDictionary<string, AnyJson>(StringComparer.Ordinal);
        if (hashedKey is not null)
            facts["targetingKey"] = Json(writer => writer.WriteStringValue(hashedKey));
        foreach (var fact in program is null ? [] : found.Facts)
            facts[NameOf(program!.Facts[fact.Index])] = ValueOf(fact);
        return facts;
    }

    private static string NameOf(Fact fact) => fact.Source switch
    {
        FactSource.TargetingKey => "targetingKey",
        FactSource.Timestamp => "$flagd.timestamp",
        FactSource.ProcessExe => "process.exe",
        FactSource.ProcessUid => "process.uid",
        FactSource.ProcessComm => "process.comm",
        FactSource.ProcessCgroup => "process.cgroup",
        _ => fact.Name,
    };

    private static AnyJson ValueOf(TracedFact fact) => Json(writer =>
    {
        switch (fact.Type)
        {
            case FactType.Boolean:
                writer.WriteBooleanValue(fact.Integer != 0);
                break;
            case FactType.Integer:
                writer.WriteNumberValue(fact.Integer);
                break;
            case FactType.Double:
                writer.WriteNumberValue(fact.Number);
                break;
            case FactType.String:
                writer.WriteStringValue(fact.Text);
                break;
            case FactType.List:
                writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"list of {fact.Integer}"));
                break;
            case FactType.Object:
                writer.WriteStringValue("object");
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    });

    private static AnyJson Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            write(writer);
        return new AnyJson(buffer.WrittenSpan.ToArray());
    }
}
