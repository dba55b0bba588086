using Fabric.Bpf.Usage;
using Fabric.Node.Usage;
using static Fabric.Node.Tests.Usage.Rows;

namespace Fabric.Node.Tests.Usage;

/// <summary>What has been counted is counted once, whenever the node ends and however.</summary>
public sealed class UsageLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Now = Begun + TimeSpan.FromHours(1);
    private static readonly UsageKey Shop = new(UsageDoor.Shared, "a", "/bin/shop", Missed: false);

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-usage-").FullName;
    private readonly VariantNames _names = new();
    private UsageLedger _ledger;

    public UsageLedgerTests()
    {
        _names.Note(OnOff, ["on", "off"]);
        _ledger = new UsageLedger(_names, Begun);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Living_and_ended_processes_add_up_and_an_ended_one_is_taken_over_once()
    {
        var both = Reading(Sheet("1", ended: false, Of("a", on: 5, off: 2)), Sheet("2", ended: true, Of("a", on: 10, defaults: 1)));
        for (var i = 0; i < 3; i++)
            Assert.Equal(["2"], Take(both));
        Assert.Equal((18, 1), (Total(Shop).Evaluations, Total(Shop).Defaults));
        Assert.Equal((15, 2), (Total(Shop).Variants!["on"], Total(Shop).Variants!["off"]));
        Assert.Equal(2, Total(Shop).Processes);

        Assert.Empty(Take(Reading(Sheet("1", ended: false, Of("a", on: 6, off: 2)))));
        Assert.Equal(19, Total(Shop).Evaluations);
    }

    [Fact]
    public void A_crash_at_any_point_neither_loses_nor_doubles_an_ended_process()
    {
        var reading = Reading(Sheet("1", ended: true, Of("a", on: 7)));
        Take(reading);
        Restart(save: false); // before it was on the disk: the sheet is still there
        Take(reading);
        Assert.Equal(7, Total(Shop).Evaluations);

        Restart(save: true); // after that, and before the sheet was taken away
        Assert.Equal(["1"], Take(reading));
        Assert.Equal(7, Total(Shop).Evaluations);

        Assert.Empty(Take(Reading())); // it is gone
        Restart(save: true);
        Take(Reading());
        Assert.Equal(7, Total(Shop).Evaluations);
    }

    [Fact]
    public void What_living_processes_and_the_kernel_hold_is_not_counted_twice_after_a_restart()
    {
        var reading = Reading(Sheet("1", ended: false, Of("a", on: 7))) with { Kernel = new("e", [Of("a", on: 3, door: UsageDoor.Override)], 0) };
        Take(reading);
        Restart(save: true);
        Take(reading);
        Assert.Equal((7, 3), (Total(Shop).Evaluations, Total(Shop with { Door = UsageDoor.Override }).Evaluations));
    }

    [Fact]
    public void What_was_in_memory_when_the_host_started_anew_is_what_was_saved_last()
    {
        Take(Reading(Sheet("1", ended: false, Of("a", on: 7))) with { Kernel = new("e", [Of("a", on: 3, door: UsageDoor.Override)], 0) });
        Restart(save: true, boot: "second");
        Take(Reading() with { Kernel = new("f", [Of("a", on: 1, door: UsageDoor.Override)], 0) });
        Assert.Equal((7, 4), (Total(Shop).Evaluations, Total(Shop with { Door = UsageDoor.Override }).Evaluations));
    }

    [Fact]
    public void Sheets_on_a_disk_are_still_there_after_the_host_has_started_anew()
    {
        var reading = Reading(Sheet("1", ended: false, Of("a", on: 7))) with { SheetsOutliveBoot = true };
        Take(reading);
        Restart(save: true, boot: "second");
        Take(Reading(Sheet("1", ended: true, Of("a", on: 8))) with { SheetsOutliveBoot = true });
        Assert.Equal(8, Total(Shop).Evaluations);
    }

    [Fact]
    public void Another_map_of_the_kernels_begins_at_nothing_and_what_the_old_one_said_stays()
    {
        var shop = Shop with { Door = UsageDoor.Override };
        Take(Reading() with { Kernel = new("e", [Of("a", on: 3, door: UsageDoor.Override)], 0) });
        Take(Reading());
        Assert.Equal(3, Total(shop).Evaluations);
        Take(Reading() with { Kernel = new("f", [Of("a", on: 2, door: UsageDoor.Override)], 0) });
        Assert.Equal(5, Total(shop).Evaluations);
    }

    [Fact]
    public void Last_is_when_calls_were_seen_to_grow_across_restarts()
    {
        var reading = Reading(Sheet("1", ended: false, Of("a", on: 7)));
        Take(reading, Now);
        Take(reading, Now + TimeSpan.FromDays(1));
        Assert.Equal(Now, _ledger.Seen[Shop].Last);
        Restart(save: true);
        Take(reading, Now + TimeSpan.FromDays(2));
        Assert.Equal(Now, _ledger.Seen[Shop].Last);
        Take(Reading(Sheet("1", ended: true, Of("a", on: 8))), Now + TimeSpan.FromDays(3));
        Assert.Equal(Now + TimeSpan.FromDays(3), _ledger.Seen[Shop].Last);
        Assert.Equal(Begun, Total(Shop).First);
    }

    [Fact]
    public void Whatever_processes_claim_takes_only_so_much_memory_and_is_counted()
    {
        var calls = 0L;
        for (var sheet = 0; sheet < 10; sheet++)
        {
            var rows = Enumerable.Range(0, 15_000).Select(i => i % 2 == 0
                ? Of($"claimed-{sheet}-{i}", on: 1, exe: $"/bin/{sheet}-{i}")
                : Of("a", on: 1, exe: $"/bin/{sheet}-{i}")).ToArray();
            calls += rows.Length;
            Take(Reading(Sheet($"{sheet}", ended: true, rows)));
        }

        var total = _ledger.Total().Tallies;
        Assert.Equal(calls, total.Sum(static one => one.Value.Evaluations));
        Assert.InRange(total.Count, 1, UsageSums.MaxTallies + 3 * UsageSums.MaxStrangers);
        Assert.Contains(new UsageKey(UsageDoor.Shared, "a", UsageSums.Others, Missed: false), total.Keys);

        var most = Reading(Sheet("liar", ended: true, Of("a", on: 1L << 53, off: 1L << 53)), Sheet("other", ended: true, Of("a", on: 1L << 53)));
        Take(most);
        Assert.Equal(1L << 53, Total(Shop with { Exe = UsageSums.Others }).Evaluations);
    }

    [Fact]
    public void Variants_of_a_list_that_nobody_knows_are_counted_by_their_place()
    {
        Take(Reading(Sheet("1", ended: true, Of("a", on: 1) with { Variants = 99 })));
        Assert.Equal(1, Total(Shop).Variants!["#0"]);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_is_moved_aside_and_said()
    {
        File.WriteAllText(Path.Combine(_folder, "usage.json"), "{ this is not");
        Assert.Contains("moved aside", new UsageStore(_folder).Read(_ledger, _names, "first"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "usage.json.unusable")));
        Assert.Null(new UsageStore(_folder).Read(_ledger, _names, "first"));
    }

    [Fact]
    public void Names_that_no_flag_has_are_forgotten_after_a_time()
    {
        Take(Reading(Sheet("1", ended: true, Of("a", on: 1), Missed("typo", 3))), Now);
        Take(Reading(), Now + TimeSpan.FromDays(100));
        _ledger.Forget(IsFlag, Now + TimeSpan.FromDays(10));
        Assert.Equal(["a"], _ledger.Total().Tallies.Keys.Select(static key => key.Flag));
    }

    private static bool IsFlag(string name) => name == "a";

    private IReadOnlyList<string> Take(UsageReading reading, DateTimeOffset? now = null) => _ledger.Take(reading, IsFlag, now ?? Now);

    private UsageTally Total(UsageKey key) => _ledger.Total().Tallies[key];

    private void Restart(bool save, string boot = "first")
    {
        var store = new UsageStore(_folder);
        if (save)
            store.Save(UsageStore.Write(_ledger, _names, "first"));
        _ledger = new UsageLedger(_names, Now);
        Assert.Null(store.Read(_ledger, _names, boot));
    }
}
