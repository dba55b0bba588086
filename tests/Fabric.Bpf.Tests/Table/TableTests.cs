using System.Diagnostics.CodeAnalysis;
using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using Fabric.Flags.State;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

[SuppressMessage("Reliability", "CA5394", Justification = "A seeded sequence is what makes a failure repeatable.")]
public sealed class TableTests : IDisposable
{
    private readonly List<string> _folders = [];

    public static TheoryData<TableKind> Kinds => new(TableKind.Bpf, TableKind.File);

    [Theory, MemberData(nameof(Kinds))]
    public void A_boolean_flag_answers_its_default_variant(TableKind kind)
    {
        using var table = Open(kind, Folder(kind));
        table.Reconcile(7, Set(7, ("yes", Boolean(true)), ("no", Boolean(false)), ("gone", Boolean(true, "DISABLED"))));

        Assert.Equal((1, Evaluator.Static, 7UL), (Evaluator.Evaluate(table, "yes").Truth, Evaluator.Evaluate(table, "yes").Reason, Evaluator.Evaluate(table, "yes").Revision));
        Assert.Equal((0, Evaluator.Static), (Evaluator.Evaluate(table, "no").Truth, Evaluator.Evaluate(table, "no").Reason));
        Assert.Equal((Layout.NoVariant, Evaluator.Disabled), (Evaluator.Evaluate(table, "gone").Variant, Evaluator.Evaluate(table, "gone").Reason));
        Assert.Equal((Layout.NoVariant, Evaluator.NotFound), (Evaluator.Evaluate(table, "other").Variant, Evaluator.Evaluate(table, "other").Reason));
        Assert.Equal(7, table.Revision);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_flag_without_default_variant_leaves_the_program_its_own(TableKind kind)
    {
        using var table = Open(kind, Folder(kind));
        table.Reconcile(1, Set(1, ("bare", Definition("""{"state":"ENABLED","variants":{"on":true}}"""))));

        Assert.Equal((Layout.NoVariant, Evaluator.Default), (Evaluator.Evaluate(table, "bare").Variant, Evaluator.Evaluate(table, "bare").Reason));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_name_of_63_bytes_is_found_and_one_that_differs_in_the_last_is_not(TableKind kind)
    {
        var name = new string('n', 62);
        using var table = Open(kind, Folder(kind));
        table.Reconcile(1, Set(1, (name + "a", Boolean(true)), ("ü-flag", Boolean(true))));

        Assert.Equal(1, Evaluator.Evaluate(table, name + "a").Truth);
        Assert.Equal(Evaluator.NotFound, Evaluator.Evaluate(table, name + "b").Reason);
        Assert.Equal(Evaluator.NotFound, Evaluator.Evaluate(table, name).Reason);
        Assert.Equal(1, Evaluator.Evaluate(table, "ü-flag").Truth);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_table_that_is_opened_again_still_answers_and_needs_no_writing(TableKind kind)
    {
        var folder = Folder(kind);
        var flags = Set(5, ("a", Boolean(true)), ("b", Percent(25)));
        ulong digest;
        using (var first = Open(kind, folder))
        {
            Assert.Equal(2, first.Reconcile(5, flags));
            digest = first.Digest();
        }

        using var again = Open(kind, folder);
        Assert.Equal(5, again.Revision);
        Assert.Equal(1, Evaluator.Evaluate(again, "a").Truth);
        Assert.Equal(0, again.Reconcile(9, flags));
        Assert.Equal(digest, again.Digest());
        Assert.Equal(9, again.Revision);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Reconcile_mends_whatever_differs_from_the_log(TableKind kind)
    {
        using var table = Open(kind, Folder(kind));
        table.Reconcile(5, Set(5, ("wrong", Boolean(false)), ("extra", Boolean(true))));

        var right = Set(5, ("wrong", Boolean(true)), ("missing", Boolean(true)));
        Assert.Equal(3, table.Reconcile(5, right));
        Assert.Equal(1, Evaluator.Evaluate(table, "wrong").Truth);
        Assert.Equal(1, Evaluator.Evaluate(table, "missing").Truth);
        Assert.Equal(Evaluator.NotFound, Evaluator.Evaluate(table, "extra").Reason);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_table_of_another_fabric_is_replaced_and_retired(TableKind kind)
    {
        var folder = Folder(kind);
        using var old = Open(kind, folder);
        old.Reconcile(50, Set(50, ("a", Boolean(true))));

        using var table = Open(kind, folder, Owner() with { Fabric = Guid.NewGuid() });
        Assert.Equal(0, table.Revision);
        Assert.Equal(Evaluator.NotFound, Evaluator.Evaluate(table, "a").Reason);
        unsafe
        {
            Assert.Equal(1u, ((TableHeader*)old.Memory.Bytes)->Retired);
        }

        Assert.Equal(1, Evaluator.Evaluate(old, "a").Truth);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_heap_that_runs_out_moves_the_table_to_a_larger_one(TableKind kind)
    {
        using var table = Open(kind, Folder(kind), Owner(1024), heap: Layout.MaxBlockBytes + 4096);
        var old = table.Memory;
        var moved = 0;
        table.Moved += _ => moved++;
        var flags = Set(1, [.. Enumerable.Range(0, 1000).Select(i => ($"flag-{i}", Boolean(i % 2 == 0)))]);
        table.Reconcile(1, flags);

        Assert.NotEqual(0, moved);
        Assert.NotSame(old, table.Memory);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(1 - i % 2, Evaluator.Evaluate(table, $"flag-{i}").Truth);
    }

    /// <summary>The writer against a dictionary, over changes that fill, empty and reuse slots of a small table.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void Random_changes_leave_what_a_dictionary_would_hold(TableKind kind)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var folder = Folder(kind);
        var table = Open(kind, folder);
        var flags = FlagSet.Empty;
        var names = Enumerable.Range(0, 96).Select(i => $"{(char)('a' + i % 26)}{i}").ToArray();
        for (var revision = 1L; revision <= 1500; revision++)
        {
            var changes = names.OrderBy(_ => random.Next()).Take(random.Next(1, 6))
                .Select(Change? (name) => flags.Flags.ContainsKey(name) && random.Next(2) == 0 ? new Change.Delete(name)
                    : flags.Flags.Count < 60 || flags.Flags.ContainsKey(name) ? new Change.Put(name, Boolean(random.Next(2) == 0))
                    : null)
                .OfType<Change>().ToArray();
            if (changes.Length > 0)
                flags = flags.With(revision, changes);
            table.Apply(revision, flags, [.. changes.Select(static change => change.Key)]);
            if (revision % 300 == 0)
            {
                table.Dispose();
                table = Open(kind, folder);
                Assert.Equal(0, table.Reconcile(revision, flags));
            }

            foreach (var name in revision % 50 == 0 ? names : [.. changes.Select(static change => change.Key)])
            {
                var expected = flags.Flags.TryGetValue(name, out var flag) ? flag.Definition.DefaultVariant : null;
                var answer = Evaluator.Evaluate(table, name);
                Assert.True((expected ?? Layout.NoVariant) == answer.Variant, $"seed {seed}, revision {revision}, {name}");
            }
        }

        table.Dispose();
    }

    public void Dispose()
    {
        foreach (var folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private string Folder(TableKind kind)
    {
        var folder = TestTables.Folder(kind);
        _folders.Add(folder);
        return folder;
    }
}
