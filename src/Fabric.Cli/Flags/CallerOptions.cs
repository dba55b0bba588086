using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fabric.Cli.Flags;

/// <summary>The options that say who asks.</summary>
internal sealed class CallerOptions
{
    public Option<string?> TargetingKey { get; } = new("--key", "-k") { Description = "The caller's targeting key", HelpName = "TARGETING_KEY" };

    public Option<string?> Context { get; } = new("--context") { Description = "The caller as a JSON object, or the file that holds it", HelpName = "JSON|@FILE" };

    public Option<string[]> Attributes { get; } = new("--attribute", "-a")
    {
        Description = "What else is known of the caller: true, false, null, a number and other JSON as such, anything else as text; dots lead into objects",
        HelpName = "NAME=VALUE",
    };

    /// <summary>The context as JSON; what stands in an option of its own wins.</summary>
    public async Task<string> ReadAsync(ParseResult parse, Terminal terminal, CancellationToken token)
    {
        var context = parse.GetValue(Context) is { } given ? await ReadContextAsync(given, terminal, token) : [];
        foreach (var attribute in parse.GetValue(Attributes) ?? [])
            Put(context, attribute);
        if (parse.GetValue(TargetingKey) is { } key)
            context["targetingKey"] = JsonValue.Create(key);
        return context.ToJsonString();
    }

    private static async Task<JsonObject> ReadContextAsync(string given, Terminal terminal, CancellationToken token)
    {
        var text = given.StartsWith('@') ? System.Text.Encoding.UTF8.GetString(await InputFile.ReadAsync(given[1..], "--context @", terminal, token)) : given;
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new UsageException("--context is a JSON object, such as '{\"targetingKey\": \"user-17\"}'");
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw new UsageException($"--context is not valid JSON: {broken.Message}");
        }
    }

    private static void Put(JsonObject context, string attribute)
    {
        var middle = attribute.IndexOf('=', StringComparison.Ordinal);
        var names = middle > 0 ? attribute[..middle].Split('.') : [];
        if (names.Length == 0 || names.Contains(""))
            throw new UsageException($"--attribute \"{attribute}\": NAME=VALUE, such as plan=pro or user.age=42");
        foreach (var name in names[..^1])
        {
            if (context[name] is not JsonObject inner)
                context[name] = inner = [];
            context = inner;
        }

        context[names[^1]] = Value(attribute[(middle + 1)..]);
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
