using System.Text.Json;

namespace Fabric.Node.Options;

/// <summary>The file that all hosts of a fabric share, as it was written.</summary>
/// <param name="Members">All voters.</param>
/// <param name="Labels">What is said of each member's host, each as <c>zone=eu-1</c>.</param>
/// <param name="Settings">Everything else in it.</param>
internal sealed record FabricFile(IReadOnlyList<NodeMember> Members, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels, NodeSettings Settings)
{
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    /// <summary>Reads the file and reports everything that is wrong with it.</summary>
    public static FabricFile? Read(string path, ICollection<OptionProblem> problems)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                problems.Add(new OptionProblem("config", path, $"a file of at most {MaxBytes} bytes"));
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            return Read(document.RootElement, path, problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(new OptionProblem("config", path, $"a file that can be read: {unreadable.Message}"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            problems.Add(new OptionProblem("config", path, $"a file of valid JSON: {broken.Message}"));
        }

        return null;
    }

    private static FabricFile? Read(JsonElement root, string path, ICollection<OptionProblem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new OptionProblem("config", path, "a JSON object with \"members\""));
            return null;
        }

        var settings = new NodeSettings();
        var members = new List<NodeMember>();
        var labels = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var field in root.EnumerateObject())
        {
            if (field.Name == "members")
                ReadMembers(field.Value, members, labels, problems);
            else
                settings = With(settings, field, problems);
        }

        return new FabricFile(members, labels, settings);
    }

    private static NodeSettings With(NodeSettings settings, JsonProperty field, ICollection<OptionProblem> problems)
    {
        var text = field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? field.Value.ToString() : field.Value.GetRawText();
        switch (field.Name)
        {
            case "data": return settings with { Data = text };
            case "table": return settings with { Table = text };
            case "usage": return settings with { Usage = text };
            case "capacity": return settings with { Capacity = text };
            case "replaceAfter": return settings with { ReplaceAfter = text };
            case "minFree": return settings with { MinFree = text };
            case "writeTimeout": return settings with { WriteTimeout = text };
            case "readTimeout": return settings with { ReadTimeout = text };
            case "shutdownTimeout": return settings with { ShutdownTimeout = text };
            case "maxBodyBytes": return settings with { MaxBodyBytes = text };
            case "maxImportBytes": return settings with { MaxImportBytes = text };
            case "maxWritesInFlight": return settings with { MaxWritesInFlight = text };
            case "maxConnections": return settings with { MaxConnections = text };
            case "maxEvaluationsInFlight": return settings with { MaxEvaluationsInFlight = text };
            case "maxEventStreams": return settings with { MaxEventStreams = text };
            case "maxObservers": return settings with { MaxObservers = text };
            case "join": return settings with { Join = Texts(field, problems) };
            case "maxChangeStreams": return settings with { MaxChangeStreams = text };
            case "maxEventsKept": return settings with { MaxEventsKept = text };
            case "maxEventsKeptBytes": return settings with { MaxEventsKeptBytes = text };
            case "eventsKeepAlive": return settings with { EventsKeepAlive = text };
            case "entriesPerSnapshot": return settings with { EntriesPerSnapshot = text };
            case "ofrepOrigins": return settings with { OfrepOrigins = Texts(field, problems) };
            default:
                problems.Add(new OptionProblem($"config /{field.Name}", text, "an unknown field: the file has members, data, table, "
                    + "capacity, minFree, writeTimeout, readTimeout, shutdownTimeout, maxBodyBytes, maxImportBytes, maxWritesInFlight, maxConnections, "
                    + "maxEvaluationsInFlight, maxEventStreams, maxObservers, join, maxChangeStreams, maxEventsKept, maxEventsKeptBytes, eventsKeepAlive, entriesPerSnapshot and ofrepOrigins"));
                return settings;
        }
    }

    private static IReadOnlyList<string> Texts(JsonProperty field, ICollection<OptionProblem> problems)
    {
        if (field.Value.ValueKind == JsonValueKind.Array && field.Value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String))
            return [.. field.Value.EnumerateArray().Select(one => one.GetString()!)];
        problems.Add(new OptionProblem($"config /{field.Name}", field.Value.GetRawText(), "an array of strings"));
        return [];
    }

    private static void ReadMembers(
        JsonElement value, List<NodeMember> members, Dictionary<string, IReadOnlyList<string>> labels, ICollection<OptionProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            problems.Add(new OptionProblem("config /members", value.GetRawText(), "an array of {\"name\", \"raft\", \"http\", \"labels\"}"));
            return;
        }

        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            var place = $"config /members/{index++}";
            if (element.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new OptionProblem(place, element.GetRawText(), "an object with name, raft and http"));
                continue;
            }

            var parts = element.EnumerateObject().ToDictionary(part => part.Name, part => part.Value.ToString(), StringComparer.Ordinal);
            parts.Remove("labels");
            if (MemberParts.Read(parts, place, problems) is not { } member)
                continue;
            members.Add(member);
            labels[member.Name] = ReadLabels(element, place, problems);
        }
    }

    private static string[] ReadLabels(JsonElement member, string place, ICollection<OptionProblem> problems)
    {
        if (!member.TryGetProperty("labels", out var labels))
            return [];
        if (labels.ValueKind == JsonValueKind.Object && labels.EnumerateObject().All(static label => label.Value.ValueKind == JsonValueKind.String))
            return [.. labels.EnumerateObject().Select(static label => $"{label.Name}={label.Value.GetString()}")];
        problems.Add(new OptionProblem($"{place} labels", labels.GetRawText(), "an object of names and strings"));
        return [];
    }
}
