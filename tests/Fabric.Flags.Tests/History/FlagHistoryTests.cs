using System.Text;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.History;
using Fabric.Flags.State;

namespace Fabric.Flags.Tests.History;

public sealed class FlagHistoryTests
{
    private const int Seed = 20_261_124;

    private long _revision;
    private FlagSet _flags = FlagSet.Empty;
    private FlagHistory _history = FlagHistory.Empty;

    private static FlagDefinition Definition(string note) => DefinitionParser.Parse(Encoding.UTF8.GetBytes(
        $$$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","metadata":{"note":"{{{note}}}"}}""")).Definition!;

    private long Apply(params Change[] changes)
    {
        var set = new ChangeSet(Guid.NewGuid(), [.. changes], "why") { Origin = new Origin(_revision, "a", "10.0.0.9", "anna@desk") };
        var (flags, outcome) = _flags.Apply(++_revision, set, int.MaxValue);
        Assert.IsType<ChangeOutcome.Applied>(outcome);
        (_history, _flags) = (_history.After(_revision, set, _flags), flags);
        return _revision;
    }

    private long Put(string key, string note = "") => Apply(new Change.Put(key, Definition(note)));

    private static string? Text(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    [Fact]
    public void A_change_says_who_when_from_where_what_and_why()
    {
        Put("flag", "one");
        Put("flag", "two");

        var newest = _history.OfFlag("flag").First();

        Assert.Equal((2L, "flag", 1L, "why", new Origin(1, "a", "10.0.0.9", "anna@desk")), (newest.Revision, newest.Key, newest.Before, newest.Message, newest.Origin));
        Assert.Equal(Text(Definition("two").Json), Text(newest.Definition));
    }

    [Fact]
    public void A_deleted_flag_keeps_its_history()
    {
        Put("flag");
        Apply(new Change.Delete("flag"));

        Assert.Equal([(2L, true), (1L, false)], _history.OfFlag("flag").Select(static change => (change.Revision, change.Definition is null)));
    }

    [Fact]
    public void Pages_go_from_the_newest_to_the_oldest()
    {
        for (var i = 0; i < 9; i++)
            Put($"flag-{i % 3}");

        Assert.Equal([9L, 6, 3], _history.OfFlag("flag-2").Select(static change => change.Revision));
        Assert.Equal([3L], _history.OfFlag("flag-2", before: 6).Select(static change => change.Revision));
        Assert.Equal([5L, 4, 3, 2, 1], _history.Newest(before: 6).Select(static change => change.Revision));
    }

    [Fact]
    public void A_set_is_found_by_its_revision_and_in_the_order_of_keys()
    {
        Put("other");
        var revision = Apply(new Change.Put("b", Definition("")), new Change.Put("a", Definition("")));
        Put("other");

        Assert.Equal(["a", "b"], _history.Set(revision).Select(static change => change.Key));
        Assert.Empty(_history.Set(revision + 5));
    }

    [Fact]
    public void A_flag_keeps_no_more_changes_than_the_bound_and_others_are_left_alone()
    {
        Put("quiet");
        for (var i = 0; i < Limits.HistoryPerFlag + 10; i++)
            Put("busy", $"{i}");

        Assert.Equal(Limits.HistoryPerFlag, _history.OfFlag("busy").Count());
        Assert.Equal(Limits.HistoryPerFlag + 1, _history.Count);
        Assert.Single(_history.OfFlag("quiet"));
        Assert.Equal([KeyValuePair.Create("busy", 11L)], _history.Dropped());
        Assert.Equal(0, _history.Since);
        Assert.Equal(new FlagThen.Forgotten(12), _history.At("busy", 11, _flags));
        Assert.IsType<FlagThen.Was>(_history.At("busy", 12, _flags));
        Assert.Equal(1, Assert.IsType<FlagThen.Was>(_history.At("quiet", 5, _flags)).Revision);
    }

    [Fact]
    public void All_changes_together_count_for_no_more_than_the_bound_and_the_oldest_make_room()
    {
        var note = new string('x', 40_000);
        Put("first");
        Apply(new Change.Delete("first"));
        for (var i = 0; i < 2 * Limits.HistoryBytes / note.Length; i++)
            Put($"flag-{i % 100}", note);

        Assert.InRange(_history.Bytes, Limits.HistoryBytes - 45_000, Limits.HistoryBytes);
        Assert.Equal(_history.Changes.Sum(static change => (long)change.Bytes), _history.Bytes);
        Assert.Equal(_history.Changes[0].Revision - 1, _history.Since);
        Assert.Empty(_history.OfFlag("first"));
        Assert.Equal(new FlagThen.Forgotten(_history.Since), _history.At("first", 1, _flags));
        Assert.IsType<FlagThen.Absent>(_history.At("first", _history.Since, _flags));
    }

    [Fact]
    public void A_history_that_began_later_does_not_claim_to_know_what_was_before()
    {
        Put("old");
        Put("untouched");
        _history = FlagHistory.Begin(2);
        Put("old", "new");
        Put("new");

        Assert.Equal(new FlagThen.Forgotten(3), _history.At("old", 2, _flags));
        Assert.IsType<FlagThen.Was>(_history.At("untouched", 2, _flags));
        Assert.IsType<FlagThen.Absent>(_history.At("new", 3, _flags));
        Assert.Equal(new FlagThen.Forgotten(2), _history.At("new", 1, _flags));
    }

    [Fact]
    public void What_it_says_of_any_flag_at_any_revision_is_what_was_or_that_it_does_not_know()
    {
        var random = new Random(Seed);
        var truth = new List<FlagSet> { _flags };
        for (var i = 0; i < 900; i++)
        {
            // Flag 0 changes far more often than it may be remembered.
            var key = $"flag-{random.Next(100) switch { < 60 => 0, var other => 1 + (other % 12) }}";
            if (_flags.Flags.ContainsKey(key) && random.Next(3) == 0)
                Apply(new Change.Delete(key));
            else
                Put(key, $"{i}");
            truth.Add(_flags);
        }

        var known = 0;
        for (var at = 0; at < truth.Count; at++)
        {
            var changed = _history.ChangedSince(at, _flags);
            for (var flag = 0; flag < 14; flag++)
            {
                var key = $"flag-{flag}";
                var then = truth[at].Flags.GetValueOrDefault(key);
                switch (_history.At(key, at, _flags))
                {
                    case FlagThen.Was was:
                        known++;
                        Assert.Equal((then!.Revision, Text(then.Definition.Json)), (was.Revision, Text(was.Definition)));
                        break;
                    case FlagThen.Absent:
                        known++;
                        Assert.Null(then);
                        break;
                    case FlagThen.Forgotten forgotten:
                        Assert.True(forgotten.Oldest > at);
                        Assert.IsNotType<FlagThen.Forgotten>(_history.At(key, forgotten.Oldest, _flags));
                        break;
                }

                if (then?.Revision != _flags.Flags.GetValueOrDefault(key)?.Revision && _history.At(key, at, _flags) is not FlagThen.Forgotten)
                    Assert.Contains(key, changed);
            }
        }

        Assert.InRange(known, 10_000, 901 * 14);
    }
}
