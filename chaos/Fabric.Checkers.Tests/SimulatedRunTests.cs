using Fabric.Chaos.Validate;
using Fabric.Checkers.Tests.Runs;

namespace Fabric.Checkers.Tests;

/// <summary>Runs that a model made: every checker agrees with them, and finds the one thing that is changed in them.</summary>
public sealed class SimulatedRunTests : IDisposable
{
    private const int Rounds = 150, Steps = 700, EachChange = 12;

    private static readonly int Seed = Environment.GetEnvironmentVariable("FABRIC_CHECKERS_SEED") is { } seed ? int.Parse(seed) : 20261124;

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-runs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_checker_agrees_with_runs_that_are_legal_by_construction()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var findings = Validate(SimulatedRun.Draw(new Random(Seed + i), Steps));
            Assert.True(findings.All(static finding => finding.Judgement == Judgement.Ok), $"seed {Seed + i}:\n{string.Join('\n', findings)}");
        }
    }

    public static TheoryData<string> Mutations => [.. Mutation.All.Keys];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void One_thing_that_is_changed_in_a_legal_run_is_found_by_its_checker(string name)
    {
        var (checker, mutate) = Mutation.All[name];
        var changed = 0;
        for (var i = 0; changed < EachChange; i++)
        {
            Assert.True(i < Rounds, $"only {changed} of {i} runs have what {name} changes");
            var random = new Random(Seed + i);
            var run = SimulatedRun.Draw(random, Steps);
            if (!mutate(run, random))
                continue;
            changed++;
            var findings = Validate(run);
            Assert.True(findings.Any(finding => finding.Checker == checker && finding.Judgement == Judgement.Illegal),
                $"seed {Seed + i}, {name}: {checker} does not find it\n{string.Join('\n', findings)}");
        }
    }

    private IReadOnlyList<Finding> Validate(Recording run)
    {
        foreach (var file in Directory.EnumerateFiles(_folder))
            File.Delete(file);
        run.WriteTo(_folder);
        return Validation.Of(_folder);
    }
}
