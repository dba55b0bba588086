using Fabric.Chaos.Faults;

namespace Fabric.Checkers.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void A_seed_draws_the_same_schedule_again_and_another_seed_another()
    {
        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void Every_kind_comes_once_before_any_comes_again()
    {
        var schedule = new Schedule(Catalogue.All, 11);
        var dealt = new List<string>();
        while (schedule.Rounds == 0)
            dealt.AddRange(schedule.Next().Kinds.Select(static kind => kind.Name));

        Assert.Equal(Catalogue.All.Select(static kind => kind.Name).Order(), dealt.Order());
    }

    [Fact]
    public void Only_faults_that_take_hold_of_different_things_come_together()
    {
        var schedule = new Schedule(Catalogue.All, 5);
        var steps = Enumerable.Range(0, 1_000).Select(_ => schedule.Next()).ToArray();

        Assert.All(steps, static step => Assert.Distinct(step.Kinds.Select(static kind => kind.Hold)));
        Assert.Contains(steps, static step => step.Kinds.Count == 2);
        Assert.All(steps.Where(static step => step.Kinds.Any(static kind => kind.Hold == Hold.Everything)), static step => Assert.Single(step.Kinds));
    }

    private static string Draw(int seed)
    {
        var schedule = new Schedule(Catalogue.All, seed);
        return string.Join('\n', Enumerable.Range(0, 200).Select(_ => schedule.Next())
            .Select(static step => $"{string.Join('+', step.Kinds.Select(static kind => kind.Name))} {step.Seed} {step.Lasts} {step.Quiet}"));
    }
}
