using System.Text;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Changes;

namespace Fabric.Node.Api.Changes;

/// <summary>A change set that a member passes on, with who made it.</summary>
internal sealed record ForwardedBody(
    IReadOnlyList<ChangeBody> Changes, string? Message, IReadOnlyList<AttachmentChangeBody>? Attachments, Origin? Origin)
{
    public static Origin? ReadOrigin(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("origin", out var origin))
            return null;
        if (origin.ValueKind == JsonValueKind.Object && Text(origin, "node") is { } node)
            return new Origin(0, node, Text(origin, "address"), Text(origin, "actor"));
        problems.Add(new Problem("/origin", "must be an object with node, and address and actor where they are known"));
        return null;
    }

    private static string? Text(JsonElement origin, string name) =>
        origin.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { } text && Encoding.UTF8.GetByteCount(text) <= Limits.ActorBytes ? text : null;
}
