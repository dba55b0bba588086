using System.Text.Json.Serialization;
using Fabric.Flags.State;
using Fabric.Node.Fleet;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Flags;

/// <summary>A flag as the API shows it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Revision">The change set that last put it; its ETag.</param>
/// <param name="Definition">What it says, in flagd's format.</param>
/// <param name="EvaluableIn">Where it can be evaluated.</param>
/// <param name="EvaluableInReason">Why not everywhere; left out where it is.</param>
internal sealed record FlagBody(
    string Key,
    long Revision,
    RawJson Definition,
    IReadOnlyList<string> EvaluableIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? EvaluableInReason = null) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetBody? Fleet { get; set; }


    public static FlagBody From(Flag flag) =>
        new(flag.Key, flag.Revision, new RawJson(flag.Definition.Json), flag.Definition.EvaluableIn, flag.Definition.HttpOnlyBecause);
}

/// <summary>One page of the flags, in the ordinal order of their keys.</summary>
/// <param name="Flags">The flags.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record FlagListBody(IReadOnlyList<FlagBody> Flags, string? Next);

/// <summary>What is left of a deleted flag: the change set that removed it.</summary>
internal sealed record DeletedBody(string Key, long Revision) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetBody? Fleet { get; set; }
}
