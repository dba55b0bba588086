using Fabric.Bpf.Evaluation;
using Fabric.Flags.State;
using Fabric.Node.Evaluation;

namespace Fabric.Node.Ofrep;

/// <summary>Results of evaluation as OFREP writes them.</summary>
internal static class OfrepAnswers
{
    /// <summary>An answer or a failure; null for a result that has no flag.</summary>
    public static OfrepFlagBody? From(FlagResult result) => result switch
    {
        FlagResult.Given given => Given(given),
        FlagResult.Failed failed => new OfrepFlagBody
        {
            Key = failed.Flag.Key,
            ErrorCode = OfrepError.General,
            ErrorDetails = failed.Details,
            Metadata = MetadataOf(failed.Flag),
        },
        _ => null,
    };

    private static OfrepFlagBody Given(FlagResult.Given given)
    {
        var definition = given.Flag.Definition;
        return new OfrepFlagBody
        {
            Key = given.Flag.Key,
            Reason = NameOf(given.Reason),
            Variant = given.Variant is { } named ? definition.Variants[named].Name : null,
            Value = given.Variant is { } index ? new AnyJson(DefinitionTexts.Of(definition).Values[index]) : null,
            Metadata = MetadataOf(given.Flag),
        };
    }

    private static AnyJson? MetadataOf(Flag flag) =>
        DefinitionTexts.Of(flag.Definition).Metadata is { Length: > 0 } metadata ? new AnyJson(metadata) : null;

    private static string NameOf(AnswerReason reason) => reason switch
    {
        AnswerReason.Static => "STATIC",
        AnswerReason.TargetingMatch => "TARGETING_MATCH",
        AnswerReason.Default => "DEFAULT",
        AnswerReason.Disabled => "DISABLED",
        AnswerReason.Split => "SPLIT",
        AnswerReason.Stale => "STALE",
        _ => throw new InvalidOperationException($"{reason} is no reason of an answer"),
    };
}
