using Fabric.Flags;
using Fabric.Node.Api.Import;

namespace Fabric.Node.Problems;

/// <summary>A problem as RFC 9457 writes it, with Fabric's own members.</summary>
internal sealed record ProblemBody
{
    /// <summary>A stable name of the kind of problem, such as <c>urn:fabric:problem:conflict</c>.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }
    public required int Status { get; init; }
    public required string Detail { get; init; }

    /// <summary>
    /// Of a write: <c>no</c> when it was definitely not applied, <c>unknown</c> when that cannot be said; of an import also
    /// <c>partly</c>, when some of it was applied and the rest was not.
    /// </summary>
    public string? Applied { get; init; }

    /// <summary>The write's name: sent again as <c>Idempotency-Key</c>, it never applies twice.</summary>
    public string? OperationId { get; init; }

    /// <summary>The flag that is concerned, or <c>/attachments/ID</c>, which is no flag's key.</summary>
    public string? Key { get; init; }

    /// <summary>The revision that it has; 0 when it does not exist.</summary>
    public long? ActualRevision { get; init; }

    /// <summary>Of what is no longer kept: the oldest revision that is.</summary>
    public long? OldestRevision { get; init; }

    /// <summary>Everything that is wrong with what was sent.</summary>
    public IReadOnlyList<Problem>? Errors { get; init; }

    /// <summary>Of an import: what became of each flag.</summary>
    public ImportReportBody? Report { get; init; }
}
