using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Oracle;

/// <summary>The model against flagd's own JavaScript core, on random flags with flagd's fields alone.</summary>
public sealed class FlagdTests
{
    private const int Compared = 25_000;

    [Fact]
    public async Task The_model_answers_as_flagd_but_where_the_document_departs()
    {
        using var flagd = new FlagdProcess();
        using var model = new ModelEvaluator();
        var worlds = new Worlds(Seed.Value, Profile.Flagd);
        var tally = new Tally();
        for (var number = 0; tally.Compared < Compared; number++)
        {
            var one = worlds.Make(number);
            model.Load(one.World);
            var (interpreting, compiling) = await flagd.AskAsync(one.World, one.Questions);
            for (var i = 0; i < one.Questions.Length; i++)
            {
                var expected = model.Ask([one.Questions[i]])[0];
                tally.Add(one, one.Questions[i], expected, [.. model.Seen.Departures], interpreting[i].AsAnswer(), compiling[i].AsAnswer());
            }
        }

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"seed {Seed.Value} ({Seed.Variable} sets another)");
        foreach (var line in tally.Lines())
            output.WriteLine(line);
        Assert.True(tally.Differences.Count == 0, $"{tally.Differences.Count} differences\n{string.Join("\n", tally.Differences.Take(6))}");
    }

    private sealed class Tally
    {
        private readonly Dictionary<Departure, int> _departures = [];
        private readonly Dictionary<Departure, int> _different = [];
        private readonly Dictionary<Reason, int> _reasons = [];
        private int _flagdDisagrees;

        /// <summary>Answers that had to be the same.</summary>
        internal int Compared { get; private set; }

        internal List<string> Differences { get; } = [];

        internal void Add(Case one, Question question, Answer expected, IReadOnlyList<Departure> departures, Answer interpreting, Answer compiling)
        {
            foreach (var departure in departures)
                _departures[departure] = _departures.GetValueOrDefault(departure) + 1;
            if (departures.Count == 0)
            {
                Compared++;
                _reasons[expected.Reason] = _reasons.GetValueOrDefault(expected.Reason) + 1;
                // Where flagd says two things, the interpreter's is the one that the language is described by.
                if (interpreting != compiling)
                    _flagdDisagrees++;
                if (expected != interpreting)
                    Differences.Add($"case {one.Number}: model {expected}, interpreter {interpreting}, compiler {compiling}: {one.World.Flags[question.Flag]} for {question.TargetingKey} {question.Attributes}");
            }
            else if (departures.Count == 1 && (expected != interpreting || expected != compiling))
            {
                _different[departures[0]] = _different.GetValueOrDefault(departures[0]) + 1;
            }
        }

        internal IEnumerable<string> Lines()
        {
            yield return $"{Compared} answers compared: {string.Join(", ", _reasons.OrderByDescending(static reason => reason.Value).Select(static reason => $"{reason.Key} {reason.Value}"))}";
            yield return $"{_flagdDisagrees} of them flagd's compiler answers otherwise than its interpreter";
            foreach (var (departure, count) in _departures.OrderByDescending(static departure => departure.Value))
                yield return $"{departure}: {count} answers came by, {_different.GetValueOrDefault(departure)} of which differ for that alone";
        }
    }
}
