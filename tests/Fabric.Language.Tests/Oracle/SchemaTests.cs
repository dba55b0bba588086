using System.Text.Json;
using Fabric.Flags.Definitions;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Oracle;

/// <summary>What flagd's own schema refuses, Fabric refuses: definitions that were sound until one thing in them was changed.</summary>
public sealed class SchemaTests
{
    private const int Refusals = 6_000;
    private const int Batch = 500;

    [Fact]
    public async Task What_flagd_refuses_is_refused()
    {
        using var flagd = new FlagdProcess();
        var worlds = new Worlds(Seed.Value, Profile.Flagd);
        var dice = new Dice(Seed.Value);
        var taken = new List<string>();
        var (refused, more) = (0, 0);
        for (var number = 0; refused < Refusals;)
        {
            var definitions = new List<string>();
            while (definitions.Count < Batch)
                definitions.AddRange(worlds.Make(number++).World.Flags.Values.Select(flag => Mutation.Of(flag, dice)));
            var refusals = await flagd.RefusalsAsync(definitions);
            for (var i = 0; i < definitions.Count; i++)
            {
                var own = DefinitionParser.Parse(JsonElement.Parse(definitions[i])).Definition is null;
                refused += refusals[i] is null ? 0 : 1;
                more += refusals[i] is null && own ? 1 : 0;
                if (refusals[i] is { } why && !own)
                    taken.Add($"{definitions[i]}\n  {Shortly(why)}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed.Value}: flagd refuses {refused} definitions; {more} that it takes are refused by Fabric alone");
        Assert.True(taken.Count == 0, $"{taken.Count} of {refused} are taken:\n{string.Join("\n", taken.OrderBy(static text => text.Length).Take(8))}");
    }

    /// <summary>The first of the schema's complaints says where.</summary>
    private static string Shortly(string why) => string.Join(' ', why.Split('\n').Take(6).Select(static line => line.Trim()));
}
