using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

/// <summary>Flags that require a build, as the table holds them.</summary>
public sealed class BuildGateTests : IDisposable
{
    private static readonly ImmutableSortedSet<string> None = [];
    private static readonly ImmutableSortedSet<string> Build = ["00112233"];
    private static readonly FlagDefinition Plain = Gated("");
    private readonly string _folder = Folder(TableKind.File);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FlagDefinition Gated(string more) => Definition(
        $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","requiresBuild":["00112233"]{{more}}}""");

    private FlagTable Open(ImmutableSortedSet<string>? builds, string folder = "")
    {
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        var table = TestTables.Open(TableKind.File, Path.Combine(_folder, folder));
        table.Builds = builds;
        return table;
    }

    private static (AnswerReason, int?) Ask(FlagTable table, string key = "flag")
    {
        var answer = table.Evaluate(key, new EvaluationContext("user", []));
        return (answer.Reason, answer.Variant);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"targeting\":{\"if\":[{\"==\":[{\"var\":\"plan\"},\"pro\"]},\"off\"]}")]
    [InlineData(",\"targeting\":{\"fractional\":[[\"on\",50],[\"off\",50]]}")]
    [InlineData(",\"staleAfter\":{\"after\":\"5s\",\"variant\":\"off\"}")]
    [InlineData(",\"activateAt\":\"2100-01-01T00:00:00Z\",\"offVariant\":\"off\"")]
    [InlineData(",\"ramp\":{\"variant\":\"on\",\"from\":100,\"to\":100,\"start\":\"2020-01-01T00:00:00Z\",\"end\":\"2020-01-02T00:00:00Z\"}")]
    [InlineData(",\"targeting\":{\"map\":[{\"var\":\"plan\"},1]}")]
    public void Without_the_build_no_field_of_a_flag_gives_a_variant(string more)
    {
        using var table = Open(None);
        table.Reconcile(5, Set(5, ("flag", Gated(more))));
        Assert.Equal((AnswerReason.Default, null), Ask(table));
    }

    [Fact]
    public void A_flag_is_let_in_and_kept_out_at_one_revision()
    {
        using var table = Open(None);
        var flags = Set(5, ("flag", Plain), ("free", Boolean(true)));
        table.Reconcile(5, flags);

        table.Builds = Build;
        table.Apply(5, flags, ["flag"]);
        Assert.Equal((AnswerReason.Static, 0), Ask(table));
        table.Builds = None;
        table.Apply(5, flags, ["flag"]);
        Assert.Equal((AnswerReason.Default, null), Ask(table));
        Assert.Equal((AnswerReason.Static, 0), Ask(table, "free"));
    }

    [Fact]
    public void A_disabled_flag_stays_disabled_and_a_prerequisite_without_its_build_is_not_met()
    {
        using var table = Open(None);
        var needing = Definition("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","prerequisites":[{"flag":"flag","variant":"on"}]}""");
        var disabled = Definition("""{"state":"DISABLED","variants":{"on":true},"requiresBuild":["00112233"]}""");
        var flags = Set(5, ("flag", Plain), ("needing", needing), ("disabled", disabled));
        table.Reconcile(5, flags);
        Assert.Equal((AnswerReason.Disabled, null), Ask(table, "disabled"));
        Assert.Equal((AnswerReason.Default, 1), Ask(table, "needing"));

        table.Builds = Build;
        table.Apply(5, flags, ["flag", "disabled"]);
        Assert.Equal((AnswerReason.Static, 0), Ask(table, "needing"));
    }

    [Fact]
    public void Hosts_with_and_without_the_build_have_one_digest()
    {
        var definitions = Set(5, ("plain", Plain), ("rule", Gated(",\"targeting\":{\"if\":[{\"==\":[{\"var\":\"plan\"},\"pro\"]},\"off\"]}")), ("free", Boolean(true)));
        using var with = Open(Build, "with");
        using var without = Open(None, "without");
        with.Reconcile(5, definitions);
        without.Reconcile(5, definitions);
        Assert.NotEqual(Ask(with, "plain"), Ask(without, "plain"));
        Assert.Equal(with.Digest(), without.Digest());

        without.Apply(6, definitions.With(6, new Change.Put("plain", Gated(",\"salt\":\"other\""))), ["plain"]);
        Assert.NotEqual(with.Digest(), without.Digest());
    }

    [Fact]
    public void Until_it_is_known_what_is_attached_a_restart_leaves_flags_as_the_last_process_had_them()
    {
        var flags = Set(5, ("flag", Plain));
        using (var before = Open(Build))
            before.Reconcile(5, flags);

        using var after = Open(null);
        after.Reconcile(5, flags);
        Assert.Equal((AnswerReason.Static, 0), Ask(after));
        var changed = flags.With(6, new Change.Put("flag", Gated(",\"salt\":\"other\"")));
        after.Apply(6, changed, ["flag"]);
        Assert.Equal((AnswerReason.Default, null), Ask(after));

        after.Builds = Build;
        after.Reconcile(6, changed);
        Assert.Equal((AnswerReason.Static, 0), Ask(after));
    }
}
