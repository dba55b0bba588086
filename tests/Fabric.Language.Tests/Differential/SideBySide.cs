using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>The model beside another evaluator, over random worlds.</summary>
internal sealed class SideBySide(IEvaluator other)
{
    /// <summary>Differences that are made small and told of.</summary>
    private const int Told = 5;

    private readonly Observations _seen = new();
    private readonly Dictionary<Reason, long> _reasons = [];
    private readonly List<string> _differences = [];
    private readonly List<string> _refused = [];
    private long _flags;

    /// <summary>Answers that were compared.</summary>
    internal long Compared { get; private set; }

    /// <summary>Asks both about worlds until so many answers are compared, and so many flags.</summary>
    internal void Run(ulong seed, long answers)
    {
        var worlds = new Worlds(seed, Profile.Fabric);
        for (var number = 0; Compared < answers && _differences.Count < Told; number++)
            Compare(worlds.Make(number), seed);
    }

    internal void Write(ITestOutputHelper output, ulong seed)
    {
        output.WriteLine($"seed {seed} ({Seed.Variable} sets another): {Compared} answers of {_flags} flags; {_refused.Count} worlds are not for every door");
        output.WriteLine($"reasons: {List(_reasons)}");
        output.WriteLine($"operators: {List(_seen.Operators)}");
        output.WriteLine($"conditions: {_seen.ConditionsMet} hold, {_seen.ConditionsMissed} do not");
        foreach (var refusal in _refused.Take(5))
            output.WriteLine($"not for every door: {refusal}");
    }

    internal void AssertAlike() => Assert.True(_differences.Count == 0, string.Join(Environment.NewLine, _differences));

    /// <summary>What was not asked about is not compared.</summary>
    internal void AssertAllWasAsked()
    {
        Assert.Equal(Enum.GetValues<Reason>(), _reasons.Keys.Order());
        Assert.Equal(Operators.All.Order(StringComparer.Ordinal), _seen.Operators.Keys.Order(StringComparer.Ordinal));
        Assert.True(_refused.Count * 4 * 50 < _flags, $"{_refused.Count} worlds are not for every door:\n{string.Join("\n", _refused.Take(10))}");
        var matches = _reasons[Reason.TargetingMatch];
        Assert.True(matches * 4 > Compared, $"{matches} of {Compared} answers are of targeting");
        Assert.True(_seen.ConditionsMet * 3 > _seen.ConditionsMissed, "few conditions hold");
    }

    private void Compare(Case one, ulong seed)
    {
        try
        {
            other.Load(one.World);
        }
        catch (WorldRefusedException refusal)
        {
            _refused.Add($"case {one.Number}: {refusal.Message}");
            return;
        }

        var model = new FlagModel(one.World, other.Process, _seen);
        var answers = other.Ask(one.Questions);
        _flags += one.World.Flags.Count;
        for (var i = 0; i < answers.Length; i++)
        {
            var expected = model.Answer(one.Questions[i]);
            Compared++;
            _reasons[expected.Reason] = _reasons.GetValueOrDefault(expected.Reason) + 1;
            if (expected == answers[i])
                continue;
            _differences.Add(Tell(one, one.Questions[i], seed));
            return;
        }
    }

    private string Tell(Case one, Question question, ulong seed)
    {
        var (world, asked) = Shrinker.Shrink(one.World, question, Differs);
        var (expected, actual) = Both(world, asked);
        return $"""
            seed {seed}, case {one.Number}: the model answers {expected}, the table {actual}
              flag {asked.Flag} of {string.Join(", ", world.Flags.Select(static flag => $"{flag.Key}: {flag.Value.GetRawText()}"))}
              for {(asked.TargetingKey is { } key ? $"\"{key}\"" : "nobody")} {asked.Attributes.GetRawText()} at {asked.Moment} on {world.Host.Name} ({string.Join(", ", world.Host.Labels)})
            """;
    }

    private bool Differs(World world, Question question)
    {
        try
        {
            var (expected, actual) = Both(world, question);
            return expected != actual;
        }
        // A smaller definition need not be one.
        catch (WorldRefusedException)
        {
            return false;
        }
    }

    private (Answer Expected, Answer Actual) Both(World world, Question question)
    {
        other.Load(world);
        var actual = other.Ask([question])[0];
        return (new FlagModel(world, other.Process, new Observations()).Answer(question), actual);
    }

    private static string List<TKey>(Dictionary<TKey, long> counts)
        where TKey : notnull => string.Join(", ", counts.OrderByDescending(static count => count.Value).Select(static count => $"{count.Key} {count.Value}"));
}
