using System.Text.Json;

namespace Fabric.Cli.Doctor.Facts;

/// <summary>What a node says of itself. A node of another version may leave out what is null here.</summary>
internal sealed record NodeFacts
{
    public required string Name { get; init; }
    public required int Pid { get; init; }
    public required string Role { get; init; }
    public string? Leader { get; init; }
    public Guid? Fabric { get; init; }
    public required long Revision { get; init; }
    public required long AppliedRevision { get; init; }
    public string? Table { get; init; }
    public string? TableKind { get; init; }
    public long? TableRevision { get; init; }
    public string? TableIsFileBecause { get; init; }
    public required bool CanOverride { get; init; }
    public string? WhyNoOverride { get; init; }
    public string? NotReady { get; init; }
    public string? Data { get; init; }

    /// <summary>What somebody has to look after on its host.</summary>
    public IReadOnlyList<AlarmFacts>? Alarms { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>The user that it runs as, the names of what it may do, and whether what it starts could do more.</summary>
    public (uint User, IReadOnlyList<string> Capabilities, bool NoNewPrivileges)? Privileges { get; init; }

    public static NodeFacts Read(JsonElement node) => new()
    {
        Name = node.GetProperty("name").GetString()!,
        Pid = node.GetProperty("pid").GetInt32(),
        Role = node.GetProperty("role").GetString()!,
        Leader = Text(node, "leader"),
        Fabric = Text(node, "fabricId") is { } id ? Guid.Parse(id) : null,
        Revision = node.GetProperty("revision").GetInt64(),
        AppliedRevision = node.GetProperty("appliedRevision").GetInt64(),
        Table = Text(node, "table"),
        TableKind = Text(node, "tableKind"),
        TableRevision = node.GetProperty("tableRevision") is { ValueKind: JsonValueKind.Number } revision ? revision.GetInt64() : null,
        TableIsFileBecause = Text(node, "tableIsFileBecause"),
        CanOverride = node.GetProperty("override").GetProperty("supported").GetBoolean(),
        WhyNoOverride = Text(node.GetProperty("override"), "reason"),
        NotReady = Text(node, "notReady"),
        Data = Text(node, "data"),
        Alarms = AlarmFacts.Read(node, node.GetProperty("name").GetString()!),
        Time = Text(node, "time") is { } time ? DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture) : null,
        Privileges = node.TryGetProperty("privileges", out var held) && held.ValueKind == JsonValueKind.Object ? ReadPrivileges(held) : null,
    };

    private static (uint User, IReadOnlyList<string> Capabilities, bool NoNewPrivileges) ReadPrivileges(JsonElement held) => (
        held.GetProperty("user").GetUInt32(),
        [.. held.GetProperty("capabilities").EnumerateArray().Select(static name => name.GetString()!)],
        held.GetProperty("noNewPrivileges").GetBoolean());

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.String ? part.GetString() : null;
}
