using Fabric.Node.Fleet;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Changes;

/// <summary>Changes that apply together or not at all.</summary>
internal sealed record ChangesBody(IReadOnlyList<ChangeBody> Changes, string? Message);

/// <summary>One change: exactly one of the two.</summary>
internal sealed record ChangeBody(PutBody? Put, DeleteBody? Delete);

/// <summary>Creates a flag or replaces its definition.</summary>
internal sealed record PutBody(string Key, RawJson Definition, long? IfRevision);

/// <summary>Removes a flag.</summary>
internal sealed record DeleteBody(string Key, long? IfRevision);

/// <summary>The revision of a change set.</summary>
/// <param name="Revision">It.</param>
/// <param name="Flags">Where the flags that it put are evaluated; left out when it put none.</param>
internal sealed record RevisionBody(long Revision, IReadOnlyList<PutFlagBody>? Flags) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    public FleetBody? Fleet { get; set; }
}

/// <summary>A flag that a change set put.</summary>
/// <param name="Key">Its key.</param>
/// <param name="EvaluableIn">Where it can be evaluated.</param>
/// <param name="EvaluableInReason">Why not everywhere; left out where it is.</param>
internal sealed record PutFlagBody(string Key, IReadOnlyList<string> EvaluableIn, string? EvaluableInReason);
