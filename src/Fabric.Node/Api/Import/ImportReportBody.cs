using Fabric.Flags;
using Fabric.Node.Fleet;

namespace Fabric.Node.Api.Import;

/// <summary>What became of a file of flags.</summary>
internal sealed record ImportReportBody : IWriteBody
{
    /// <summary>The last change set that was written, or where nothing was, the last one that was seen.</summary>
    public required long Revision { get; init; }

    /// <summary>Nothing was written: the report says what would be.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Change sets that the file needs; each applies as a whole, and with more than one the file does not.</summary>
    public required int ChangeSets { get; init; }

    /// <summary>The flags, in the order of the file.</summary>
    public required IReadOnlyList<ImportedFlagBody> Flags { get; init; }

    public required int Created { get; init; }
    public required int Updated { get; init; }
    public required int Unchanged { get; init; }
    public required int Refused { get; init; }

    /// <summary>Flags of which it is not known whether they were written, now or later.</summary>
    public required int Unknown { get; init; }

    /// <summary>Sound flags that were definitely not written.</summary>
    public required int NotApplied { get; init; }

    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    public FleetBody? Fleet { get; set; }
}

/// <summary>What became of one flag of a file.</summary>
internal sealed record ImportedFlagBody
{
    /// <summary>Its key; empty where the file gives none.</summary>
    public required string Key { get; init; }

    /// <summary>created, updated, unchanged, refused, unknown or notApplied.</summary>
    public required string Result { get; init; }

    /// <summary>The flag's revision; left out where it was not written, or will only be.</summary>
    public long? Revision { get; init; }

    /// <summary>Where it can be evaluated.</summary>
    public IReadOnlyList<string>? EvaluableIn { get; init; }

    /// <summary>Why not everywhere.</summary>
    public string? EvaluableInReason { get; init; }

    /// <summary>Why it is refused, with JSON pointers into the file.</summary>
    public IReadOnlyList<Problem>? Problems { get; init; }

    /// <summary>What was done to it or is ignored in it.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
