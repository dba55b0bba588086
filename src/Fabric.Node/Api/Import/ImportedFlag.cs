using Fabric.Flags;
using Fabric.Flags.Documents;
using Fabric.Flags.State;

namespace Fabric.Node.Api.Import;

/// <summary>What becomes of a flag of a file. The words of the report are these, in camel case.</summary>
internal enum ImportResult
{
    Created,
    Updated,
    Unchanged,
    Refused,
    Unknown,
    NotApplied,
}

/// <summary>One flag on its way from a file into the fabric. One thread.</summary>
internal sealed class ImportedFlag
{
    private readonly List<Problem> _problems;
    private readonly List<string> _notes;

    /// <param name="source">The flag in the file.</param>
    /// <param name="current">The flag in the fabric; null where there is none.</param>
    public ImportedFlag(DocumentFlag source, Flag? current)
    {
        Source = source;
        _problems = [.. source.Problems];
        _notes = [.. source.Notes];
        Result = source.Definition switch
        {
            null => ImportResult.Refused,
            _ when current is null => ImportResult.Created,
            var wanted when wanted.Json.Span.SequenceEqual(current.Definition.Json.Span) => ImportResult.Unchanged,
            _ => ImportResult.Updated,
        };
        Revision = Result == ImportResult.Unchanged ? current!.Revision : null;
    }

    public DocumentFlag Source { get; }
    public ImportResult Result { get; private set; }
    public long? Revision { get; private set; }

    /// <summary>It differs from what the fabric has.</summary>
    public bool IsWritten => Result is ImportResult.Created or ImportResult.Updated;

    /// <summary>A rule between flags forbids it.</summary>
    public void Refuse(Problem problem)
    {
        Result = ImportResult.Refused;
        _problems.Add(problem);
    }

    public void Applied(long revision, bool created)
    {
        Result = created ? ImportResult.Created : ImportResult.Updated;
        Revision = revision;
    }

    /// <summary>Its change set was applied by an earlier attempt with the same name, and so not once more.</summary>
    public void AppliedBefore(long revision)
    {
        Revision = revision;
        _notes.Add($"an earlier attempt of this import was applied as revision {revision}, so nothing was written again");
    }

    public void Fail(ImportResult result) => Result = result;

    public ImportedFlagBody ToBody() => new()
    {
        Key = Source.Key,
        Result = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(Result.ToString()),
        Revision = Revision,
        EvaluableIn = Source.Definition?.EvaluableIn,
        EvaluableInReason = Source.Definition?.HttpOnlyBecause,
        Problems = _problems.Count > 0 ? _problems : null,
        Notes = _notes.Count > 0 ? _notes : null,
    };
}
