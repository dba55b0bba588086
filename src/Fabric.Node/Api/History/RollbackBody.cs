using System.Text.Json.Serialization;
using Fabric.Node.Fleet;

namespace Fabric.Node.Api.History;

/// <summary>Takes one flag back to what it was.</summary>
/// <param name="ToRevision">The revision at which it was so.</param>
/// <param name="Message">Why.</param>
internal sealed record FlagRollbackRequestBody(long ToRevision, string? Message);

/// <summary>Takes the whole fabric back, or one change set.</summary>
/// <param name="ToRevision">All flags become what they were at this revision.</param>
/// <param name="ChangeSet">Or: the flags of this change set become what they were before it, if none was changed since.</param>
/// <param name="DryRun">Only says what would change.</param>
/// <param name="Message">Why.</param>
internal sealed record RollbackRequestBody(long? ToRevision, long? ChangeSet, bool? DryRun, string? Message);

/// <summary>What a rollback changed.</summary>
/// <param name="Revision">The change set that it was; the fabric's revision where nothing had to change, null for a dry run.</param>
/// <param name="ToRevision">What the flags are now what they were at.</param>
/// <param name="DryRun">Nothing was changed, only looked at.</param>
/// <param name="Flags">The flags that differ, ordered by key.</param>
internal sealed record RollbackBody(long? Revision, long ToRevision, bool DryRun, IReadOnlyList<RolledBackBody> Flags) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetBody? Fleet { get; set; }

    long IWriteBody.Revision => Revision ?? 0;
}

/// <summary>A flag that a rollback changes.</summary>
/// <param name="Key">It.</param>
/// <param name="Kind"><c>put</c> where it is changed or comes back, <c>delete</c> where it did not exist.</param>
/// <param name="From">The revision that it had; 0 where it did not exist.</param>
/// <param name="To">The change whose definition it gets back; 0 where it did not exist.</param>
internal sealed record RolledBackBody(string Key, string Kind, long From, long To);
