using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Documents;
using Fabric.Flags.State;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Import;

/// <summary>What an import will do, found out without writing anything.</summary>
internal sealed class ImportPlan
{
    /// <summary>Flags that are refused one by one for rules between flags; with more, the file is refused as it is.</summary>
    private const int MaxRefusals = 100;

    private readonly FlagSet _flags;
    private readonly Operation _operation;
    private readonly string? _message;
    private readonly IReadOnlyList<IReadOnlyList<ImportedFlag>> _packed;

    /// <param name="document">The file, without problems of its own.</param>
    /// <param name="flags">The flags of the fabric.</param>
    /// <param name="operation">The name of the import.</param>
    /// <param name="message">Why, for those who read the history.</param>
    public ImportPlan(FlagDocument document, FlagSet flags, Operation operation, string? message)
    {
        (_flags, _operation, _message) = (flags, operation, message);
        Flags = [.. document.Flags.Select(flag => new ImportedFlag(flag, flags.Flags.GetValueOrDefault(flag.Key)))];
        var sound = Flags.Where(static flag => flag.Source.Definition is not null).ToDictionary(static flag => flag.Source.Key, StringComparer.Ordinal);
        _packed = [.. SetPacker.Pack(document.Flags, message).Select(set => set.Select(flag => sound[flag.Key]).ToArray())];
    }

    /// <summary>The flags, in the order of the file.</summary>
    public IReadOnlyList<ImportedFlag> Flags { get; }

    public bool HasRefused => Flags.Any(static flag => flag.Result == ImportResult.Refused);

    /// <summary>
    /// What is to be written, in turn. A set is named by its number in the file, whatever of it is there already: so no two
    /// attempts can both apply it.
    /// </summary>
    public IEnumerable<PlannedSet> Sets() => Enumerable.Range(0, _packed.Count).Select(SetOf).OfType<PlannedSet>();

    /// <summary>
    /// Applies the sets to a copy. A flag that a rule between flags forbids is refused and left out; null when the others
    /// would be written, otherwise what became of the first set that would not.
    /// </summary>
    public ChangeOutcome? Rehearse(int capacity)
    {
        var (flags, refusals) = (_flags, 0);
        for (var number = 0; number < _packed.Count; number++)
        {
            while (SetOf(number) is { } set)
            {
                (flags, var outcome) = flags.Apply(flags.Revision + 1, set.Changes, capacity);
                if (outcome is ChangeOutcome.Applied)
                    break;
                if (outcome is not ChangeOutcome.Refused refused || ++refusals > MaxRefusals)
                    return outcome;
                var flag = set.Flags.Single(flag => flag.Source.Key == refused.Key);
                flag.Refuse(new Problem(flag.Source.Place, refused.Reason));
            }
        }

        return null;
    }

    /// <summary>Null where everything of the set is there already.</summary>
    private PlannedSet? SetOf(int number)
    {
        var written = _packed[number].Where(static flag => flag.IsWritten && flag.Revision is null).ToArray();
        return written.Length == 0 ? null : new PlannedSet(written, new ChangeSet(
            _operation.ForTry(number), [.. written.Select(static flag => new Change.Put(flag.Source.Key, flag.Source.Definition!))], _message));
    }

    /// <summary>Nothing of it will be written.</summary>
    public void Abandon()
    {
        foreach (var flag in Flags.Where(static flag => flag.IsWritten))
            flag.Fail(ImportResult.NotApplied);
    }

    public ImportReportBody Report(bool dryRun, int sets)
    {
        var counts = Flags.CountBy(static flag => flag.Result).ToDictionary();
        return new ImportReportBody
        {
            Revision = Math.Max(_flags.Revision, Flags.Max(static flag => flag.Revision) ?? 0),
            DryRun = dryRun,
            ChangeSets = sets,
            Flags = [.. Flags.Select(static flag => flag.ToBody())],
            Created = counts.GetValueOrDefault(ImportResult.Created),
            Updated = counts.GetValueOrDefault(ImportResult.Updated),
            Unchanged = counts.GetValueOrDefault(ImportResult.Unchanged),
            Refused = counts.GetValueOrDefault(ImportResult.Refused),
            Unknown = counts.GetValueOrDefault(ImportResult.Unknown),
            NotApplied = counts.GetValueOrDefault(ImportResult.NotApplied),
        };
    }
}

/// <summary>A change set of an import, and the flags that it is made of.</summary>
internal sealed record PlannedSet(IReadOnlyList<ImportedFlag> Flags, ChangeSet Changes);
