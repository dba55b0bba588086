using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Named;

/// <summary>Every operator, by name, on facts of every kind.</summary>
public sealed class OperatorTests(Evaluators evaluators) : IClassFixture<Evaluators>
{
    private const int LongBytes = 10_240;

    private static readonly Host Node = new("node-1", ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("zone", "größe")]));

    private static readonly JsonElement Attributes = JsonElement.Parse(Written(OperatorCases.Attributes));

    public static TheoryData<string, string> OperatorsOfEach()
    {
        var all = new TheoryData<string, string>();
        foreach (var name in Evaluators.Names)
        {
            foreach (var op in Operators.All)
                all.Add(op, name);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(OperatorsOfEach))]
    public void An_operator_comes_to_what_the_document_says(string op, string evaluator)
    {
        var wrong = new List<string>();
        var cases = OperatorCases.All.Where(one => one.Operator == op).ToArray();
        foreach (var (_, condition, outcome) in cases)
        {
            var actual = Evaluate(evaluators[evaluator], Written(condition));
            if (actual != outcome)
                wrong.Add($"{condition}: {actual}, not {outcome}");
        }

        Assert.True(cases.Length >= 5, $"{cases.Length} cases of {op}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static string Evaluate(IEvaluator evaluator, string condition)
    {
        var rule = $$"""{"or":[{{condition}},{"if":[{"===":[{{condition}},false]},"false",{"===":[{{condition}},null]},"null","other"]}]}""";
        evaluator.Load(World.Of(Node, ("f", $$"""{"state":"ENABLED","variants":{"true":1,"false":2,"null":3,"other":4,"a":5},"defaultVariant":"other","targeting":{{rule}}}""")));
        var answer = evaluator.Ask([new Question("f", "ann", Attributes, new Moment(Worlds.Epoch))])[0];
        return answer.Reason == Reason.Error ? "fails" : answer.Variant ?? "nothing";
    }

    private static string Written(string json) => json.Replace(OperatorCases.Long, new string('x', LongBytes), StringComparison.Ordinal);
}
