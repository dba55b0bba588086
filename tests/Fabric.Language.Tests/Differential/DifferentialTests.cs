using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Differential;

/// <summary>The evaluator that programs run against the model, on random flags and callers.</summary>
public sealed class DifferentialTests
{
    private const long Answers = 120_000;

    [Fact]
    public void The_table_answers_as_the_model()
    {
        using var table = new TableEvaluator();
        Compare(table);
    }

    [Fact]
    public void The_table_inside_of_a_BPF_program_answers_as_the_model()
    {
        using var program = new BpfEvaluator();
        Compare(program);
    }

    private static void Compare(IEvaluator evaluator)
    {
        var comparison = new SideBySide(evaluator);
        comparison.Run(Seed.Value, Answers);
        comparison.Write(TestContext.Current.TestOutputHelper!, Seed.Value);
        comparison.AssertAlike();
        comparison.AssertAllWasAsked();
    }
}
