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
internal sealed record RevisionBody(long Revision);
