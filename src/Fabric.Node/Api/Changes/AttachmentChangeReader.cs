using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Node.Api.Attachments;

namespace Fabric.Node.Api.Changes;

/// <summary>Reads a change set's attachments.</summary>
internal static class AttachmentChangeReader
{
    private const string Place = "/attachments";

    public static ImmutableArray<AttachmentChange> Read(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("attachments", out var changes) || changes.ValueKind == JsonValueKind.Null)
            return [];
        if (changes.ValueKind != JsonValueKind.Array)
        {
            problems.Add(new Problem(Place, "must be an array; it lists changes of attachments"));
            return [];
        }

        var read = ImmutableArray.CreateBuilder<AttachmentChange>();
        foreach (var change in changes.EnumerateArray())
            read.Add(ReadChange(change, $"{Place}/{read.Count}", problems));
        return read.ToImmutable();
    }

    /// <summary>Whether a problem lies inside of an attachment's change that could not be read as a whole.</summary>
    public static bool IsBelow(string place, string other) =>
        other.StartsWith($"{Place}/", StringComparison.Ordinal) && place.StartsWith($"{other}/", StringComparison.Ordinal);

    private static AttachmentChange ReadChange(JsonElement change, string place, ICollection<Problem> problems)
    {
        if (change.ValueKind == JsonValueKind.Object && change.EnumerateObject().Count() == 1)
        {
            if (change.TryGetProperty("put", out var put))
                return ReadPut(put, $"{place}/put", problems);
            if (change.TryGetProperty("withdraw", out var withdraw))
                return ReadWithdraw(withdraw, $"{place}/withdraw", problems);
        }

        problems.Add(new Problem(place, "must be {\"put\": {…}} or {\"withdraw\": {…}}"));
        return new AttachmentChange.Withdraw("");
    }

    private static AttachmentChange.Put ReadPut(JsonElement put, string place, ICollection<Problem> problems)
    {
        var request = AttachmentReader.Read(put, place, "ifRevision", problems);
        return new AttachmentChange.Put(request, put.ValueKind == JsonValueKind.Object ? ChangeSetReader.ReadCondition(put, place, problems) : null);
    }

    private static AttachmentChange.Withdraw ReadWithdraw(JsonElement withdraw, string place, ICollection<Problem> problems)
    {
        if (!ChangeSetReader.IsObjectOf(withdraw, place, problems, "id", "ifRevision"))
            return new AttachmentChange.Withdraw("");
        if (withdraw.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
            return new AttachmentChange.Withdraw(id.GetString()!, ChangeSetReader.ReadCondition(withdraw, place, problems));
        problems.Add(new Problem($"{place}/id", "missing or not a string"));
        return new AttachmentChange.Withdraw("");
    }
}
