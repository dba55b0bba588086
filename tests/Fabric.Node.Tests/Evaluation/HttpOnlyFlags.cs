using System.Text;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Evaluation;

/// <summary>Definitions that only HTTP evaluates, also such as every door evaluates.</summary>
internal static class HttpOnlyFlags
{
    public static FlagDefinition Define(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        return definition! with { HttpOnlyBecause = "a test says so" };
    }

    /// <summary>A flag with the variants on and off whose targeting is the given one, with further fields.</summary>
    public static FlagDefinition Rule(string targeting, string more = "") =>
        Define($$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{{targeting}}{{more}}}""");

    /// <summary>A flag with any rule, also one that is refused when it is written: rules that compute may come to the same.</summary>
    public static FlagDefinition Unchecked(string targeting, string? salt)
    {
        const string without = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}""";
        return Define(without) with { Json = Encoding.UTF8.GetBytes($$"""{{{without[1..^1]}},"targeting":{{targeting}}}"""), Salt = salt };
    }

    public static void Put(this FakeLog log, string key, FlagDefinition definition) =>
        Assert.IsType<ChangeOutcome.Applied>(log.Append(new ChangeSet(Guid.NewGuid(), [new Change.Put(key, definition)])));

    public static void Put(this FakeLog log, string key, string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        log.Put(key, definition!);
    }
}
