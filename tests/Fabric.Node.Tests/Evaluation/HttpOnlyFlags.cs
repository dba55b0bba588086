using System.Text;
using System.Text.Json.Nodes;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Evaluation;

/// <summary>Definitions that only HTTP evaluates, made without asking the parser whether that is so.</summary>
internal static class HttpOnlyFlags
{
    public static FlagDefinition Define(string json)
    {
        var plain = JsonNode.Parse(json)!.AsObject();
        foreach (var (name, _) in plain.ToArray())
        {
            if (name is not ("state" or "variants" or "defaultVariant"))
                plain.Remove(name);
        }

        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(plain.ToJsonString()));
        Assert.Empty(problems);
        return definition! with { Json = Encoding.UTF8.GetBytes(json), HttpOnlyBecause = "a test says so" };
    }

    /// <summary>A flag with the variants on and off whose targeting is the given one, with further fields.</summary>
    public static FlagDefinition Rule(string targeting, string more = "") =>
        Define($$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{{targeting}}{{more}}}""");

    public static void Put(this FakeLog log, string key, FlagDefinition definition) =>
        Assert.IsType<ChangeOutcome.Applied>(log.Append(new ChangeSet(Guid.NewGuid(), [new Change.Put(key, definition)])));

    public static void Put(this FakeLog log, string key, string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        log.Put(key, definition!);
    }
}
