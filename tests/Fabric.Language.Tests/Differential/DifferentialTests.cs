using Fabric.Bpf.Table;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>Random rules and callers: the evaluator answers as the model does, wherever it runs.</summary>
public sealed class DifferentialTests
{
    private const int Cases = 100_000;
    private const int SetsAtOnce = 250;
    private const int CallersOfSet = 10;
    private const int Shown = 5;

    private static readonly string[] Operators =
    [
        "if", "and", "or", "!", "!!", "==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "var", "missing", "starts_with", "ends_with", "sem_ver",
        "fractional", "cat", "+", "-", "*", "/", "%",
    ];

    private static readonly string[] Fields = ["salt", "activateAt", "offVariant", "prerequisites", "ramp", "staleAfter"];

    [Fact]
    public void In_process_every_answer_is_the_models()
    {
        using var table = new TestTable(TableKind.File, CaseGenerator.Host);
        Agree(table, new InProcess(table));
    }

    [Fact]
    public void In_the_kernel_every_answer_is_the_models()
    {
        Assert.SkipWhen(KernelObject.WhyNot is not null, KernelObject.WhyNot ?? "");
        using var table = new TestTable(TableKind.Bpf, CaseGenerator.Host);
        using var door = new InKernel(table);
        Agree(table, door);
    }

    private static void Agree(TestTable table, IDoor door)
    {
        var seed = Draw.SeedOfRun();
        var say = TestContext.Current.TestOutputHelper!;
        say.WriteLine($"seed {seed}");
        var generator = new CaseGenerator(new Draw(seed));
        var comparing = new Comparing(table, door);
        for (var set = 0; comparing.Cases < Cases;)
        {
            var sets = Enumerable.Range(set, SetsAtOnce).Select(number => generator.Next($"s{number}-", CallersOfSet)).ToArray();
            set += SetsAtOnce;
            var different = comparing.Run(sets).DistinctBy(static difference => difference.Key).Take(Shown).ToArray();
            Assert.True(different.Length == 0, $"seed {seed}, sets to {set}:\n{string.Join("\n\n", different.Select(comparing.Shrink))}");
        }

        say.WriteLine($"{comparing.Cases} cases; {comparing.Uncounted} not counted, as HTTP alone evaluates them");
        say.WriteLine(string.Join(", ", Enum.GetValues<Reason>().Select(reason => $"{reason} {comparing.Reasons[(int)reason]}")));
        say.WriteLine(string.Join(", ", comparing.Operators.Where(static used => Operators.Contains(used.Key) || Fields.Contains(used.Key)).Select(static used => $"{used.Key} {used.Value}")));
        Assert.All(comparing.Reasons, static count => Assert.True(count > 0));
        Assert.All(Operators.Concat(Fields), name => Assert.True(comparing.Operators.ContainsKey(name), $"{name} never occurred"));
        Assert.InRange(comparing.Uncounted, 0, (comparing.Cases + comparing.Uncounted) / 10);
    }
}
