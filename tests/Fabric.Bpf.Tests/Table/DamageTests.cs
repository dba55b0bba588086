using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

/// <summary>A table whose bytes somebody changed behind its writer's back.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly string _folder = Folder(TableKind.File);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_undamaged_table_is_found_sound_whatever_was_done_to_it()
    {
        using var table = Open(TableKind.File, _folder, heap: 1 << 20);
        var flags = Set(1);
        Sound(table, 0, flags);
        for (var i = 1; i <= 40; i++)
        {
            flags = flags.With(i, new Change.Put($"flag-{i}", i % 2 == 0 ? Percent(i) : Boolean(true)));
            table.Apply(i, flags, [$"flag-{i}"]);
            Sound(table, i, flags);
        }

        for (var i = 1; i <= 40; i += 3)
        {
            flags = flags.With(40 + i, new Change.Delete($"flag-{i}"));
            table.Apply(40 + i, flags, [$"flag-{i}"]);
            Sound(table, 40 + i, flags);
        }
    }

    [Fact]
    public void Every_byte_that_a_reader_relies_on_is_missed_when_it_changes()
    {
        var flags = Set(3, ("plain", Boolean(true)), ("share", Percent(25)));
        using (var table = Open(TableKind.File, _folder))
            table.Reconcile(3, flags);
        var path = Path.Combine(_folder, "table");
        var good = File.ReadAllBytes(path);
        var untold = new List<int>();
        using var open = Open(TableKind.File, _folder);
        foreach (var place in Relied(good))
        {
            Change(path, place, (byte)(good[place] ^ 0x40));
            if (open.WhyDamaged(3, flags, ["plain", "share"]) is null)
                untold.Add(place);
            Change(path, place, good[place]);
        }

        Assert.Empty(untold);
        Sound(open, 3, flags);
    }

    [Fact]
    public void No_damage_whatsoever_leads_the_check_out_of_the_table()
    {
        var flags = Set(3, ("plain", Boolean(true)), ("share", Percent(25)));
        var path = Path.Combine(_folder, "table");
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(3, flags);
        var good = File.ReadAllBytes(path);
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var places = Enumerable.Range(0, 1 + random.Next(8)).Select(_ => random.Next(Math.Min(good.Length, 64 * 1024))).ToArray();
            foreach (var place in places)
                Change(path, place, (byte)random.Next(256));
            _ = table.WhyDamaged(3, flags, ["plain", "share"]);
            foreach (var place in places)
                Change(path, place, good[place]);
        }

        Sound(table, 3, flags);
    }

    [Fact]
    public void A_table_made_anew_says_what_it_should_and_readers_of_the_old_one_are_sent_to_it()
    {
        var flags = Set(3, ("plain", Boolean(true)));
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(3, flags);
        var old = File.OpenHandle(Path.Combine(_folder, "table"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var digest = table.Digest();
        for (var slot = 0; slot < 128; slot++)
            RandomAccess.Write(old, new byte[Layout.SlotBytes], Layout.SlotOffset(slot));
        Assert.NotNull(table.WhyDamaged(3, flags, ["plain"]));

        table.Rebuild(3, flags);

        Sound(table, 3, flags);
        Assert.Equal((3, digest), (table.Revision, table.Digest()));
        Assert.Equal(Evaluator.Static, Evaluator.Evaluate(table, "plain").Reason);
        var retired = new byte[4];
        RandomAccess.Read(old, retired, Layout.HeaderRetired);
        Assert.Equal(1, BitConverter.ToInt32(retired));
        old.Dispose();
    }

    private static void Sound(FlagTable table, long revision, Fabric.Flags.State.FlagSet flags) =>
        Assert.Null(table.WhyDamaged(revision, flags, [.. flags.Flags.Keys]));

    /// <summary>The header up to the stamp, and of each slot in use its head, name and the version that is shown.</summary>
    private static IEnumerable<int> Relied(byte[] table)
    {
        for (var place = 0; place < 56 + Layout.NodeBytes; place++)
            yield return place;
        for (var slot = 0; Layout.SlotOffset(slot) < 4096 + 128 * Layout.SlotBytes; slot++)
        {
            var start = (int)Layout.SlotOffset(slot);
            if (BitConverter.ToUInt32(table, start) == 0)
                continue;
            for (var place = start; place < start + 4; place++)
                yield return place;
            for (var place = start + Layout.SlotName; place < start + Layout.SlotBody + Layout.BodyBytes; place++)
            {
                // Where its block lies is the table's own affair; the block's bytes are looked at.
                if (place < start + Layout.SlotBody + 32 || place >= start + Layout.SlotBody + 36)
                    yield return place;
            }
        }
    }

    private static void Change(string path, long place, byte value)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, [value], place);
    }
}
