using System.Text.Json.Nodes;
using Fabric.Flags;
using Microsoft.OpenApi;

namespace Fabric.Node.OpenApi;

/// <summary>What each parameter means, with its unit and its range. One name means the same wherever it stands, but for a few.</summary>
internal static class ParameterDocs
{
    private const string Revision = "A revision: the log index of a change set.";

    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["key"] = $"The flag's key: 1 to {Limits.KeyBytes} bytes; a / in it may be written as %2F.",
        ["name"] = "The host's name.",
        ["id"] = "The attachment's id.",
        ["revision"] = Revision,
        ["consistency"] = "linearizable: the answer has seen every write that was answered before the request (as a rule). local: what this node has applied, at once.",
        ["minRevision"] = $"{Revision} The answer has seen it, or is 503 (behind).",
        ["limit"] = "How many at most, a whole number.",
        ["after"] = "What comes after this key: the next of the page before.",
        ["before"] = $"{Revision} What came before it: the next of the page before.",
        ["from"] = Revision,
        ["to"] = $"{Revision} The present where it is left out.",
        ["message"] = $"Why, for the history: at most {Limits.MessageBytes} bytes.",
        ["timeout"] = "How long to wait at most: a number with its unit, such as 500ms, 5s or 2m.",
        ["wait"] = "fleet: the answer comes when every host has the change in its table, and names those that have not.",
        ["dryRun"] = "true: nothing is written, and the answer says what would become of each flag.",
        ["partial"] = "true: what is refused is left out, and the rest written.",
        ["scope"] = "host: of the node that answers. fleet: of all hosts, added up.",
        ["flag"] = "Of this name alone.",
        ["staleAfter"] = "A flag is stale that nobody asked for in this time: a whole number with s, m, h or d, at most 3650d; 30d as a rule.",
        ["replaces"] = "The voter whose vote the host gets; needed while three voters are in touch.",
        ["exe"] = "The executable's path.",
        ["symbol"] = "The function's name.",
        ["keys"] = "A flag's key, or the beginning of keys with a * behind it.",
        ["flagConfigEtag"] = "The ETag that a client knows; taken and not needed.",
        ["flagConfigLastModified"] = "When a client last heard of a change; taken and not needed.",
        ["Last-Event-ID"] = "The id of the last event that was received: the stream goes on behind it.",
        ["If-Match"] = "The revision that it must have, in quotation marks; otherwise the write is refused with 412.",
        ["If-None-Match"] = "*: it must not be there yet; otherwise the write is refused with 412.",
        ["Idempotency-Key"] = "A UUID that names this write: sent again, at whatever node, it never applies twice.",
        ["X-Fabric-Actor"] = "Who writes, for the history; nothing proves it.",
    };

    private static readonly Dictionary<(string Path, string Name), string> ByPlace = new()
    {
        [("/api/v1/events", "after")] = $"{Revision} The stream begins behind it; with the present where it is left out.",
        [("/api/v1/attachments", "id")] = "Of this attachment alone.",
    };

    /// <summary>What a parameter means; null where nobody has said.</summary>
    public static string? Of(string path, string name) => ByPlace.GetValueOrDefault((path, name)) ?? ByName.GetValueOrDefault(name);

    /// <summary>A parameter that an endpoint reads by itself.</summary>
    public static OpenApiParameter Make(string path, ParameterLocation place, string name, params ReadOnlySpan<string> words)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        foreach (var word in words)
            (schema.Enum ??= []).Add(JsonValue.Create(word));
        return new OpenApiParameter { Name = name, In = place, Description = Of(path, name), Schema = schema };
    }
}
