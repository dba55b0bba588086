using System.Collections.Immutable;
using System.Text;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Tests;

/// <summary>Definitions around a rule, for tests.</summary>
internal static class Rules
{
    internal static readonly HostFacts Host = new("node-a", [new("zone", "eu"), new("size", "4"), new("version", "1.4.0")]);

    internal static string Json(string targeting) =>
        $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{{targeting}}}""";

    internal static (FlagDefinition? Definition, ImmutableArray<Problem> Problems) Parse(string targeting) =>
        DefinitionParser.Parse(Encoding.UTF8.GetBytes(Json(targeting)));

    internal static FlagDefinition Definition(string targeting) => Whole(Json(targeting));

    internal static FlagDefinition Whole(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        return definition!;
    }

    /// <summary>The program of a rule on <see cref="Host"/>, for the flag <c>f</c>, a line a step.</summary>
    internal static string[] Compile(string targeting)
    {
        var (program, because) = Compiler.Compile(Definition(targeting), "f", Host);
        Assert.Null(because);
        return ProgramText.Of(program!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
