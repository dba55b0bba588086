using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Node.Tables;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Node.Tests.Tables;

public sealed class TableLoopTests
{
    private static readonly FlagDefinition Definition = DefinitionParser.Parse(System.Text.Encoding.UTF8.GetBytes(TestNode.Bool)).Definition!;
    private static readonly FabricIdentity Identity = new(Guid.NewGuid(), 100);

    [Fact]
    public async Task Nothing_is_opened_before_the_identity_is_known()
    {
        var opened = 0;
        await using var loop = new TableLoop(Open, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(FabricState.Empty);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(0, opened);
        Assert.Null(await loop.ViewAsync(TestContext.Current.CancellationToken));

        loop.Applied(FabricState.Empty with { Identity = Identity, AppliedIndex = 1 }, []);
        await Eventually.HoldsAsync(() => loop.NotCurrent is null);
        Assert.Equal(1, opened);

        FakeTable Open(FabricIdentity identity)
        {
            Assert.Equal(Identity, identity);
            opened++;
            return new FakeTable();
        }
    }

    [Fact]
    public async Task What_is_told_of_a_table_goes_with_it_when_it_is_made_anew_at_the_same_revision()
    {
        var token = TestContext.Current.CancellationToken;
        var table = new FakeTable();
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(StateAt(4));
        await Eventually.HoldsAsync(() => loop.NotCurrent is null);
        var right = (await loop.ViewAsync(token))!.Digest;

        // Somebody empties it, its digest is asked for, and it is made anew from the state: by the watch, and by the loop.
        await loop.WhenCurrentAsync(static (table, _) => Emptied(table), token);
        Assert.NotEqual(right, (await loop.ViewAsync(token))!.Digest);
        await loop.WhenCurrentAsync(
            static (table, state) =>
            {
                table.Rebuild(state.AppliedIndex, state.Flags);
                return true;
            },
            token);
        Assert.Equal(right, (await loop.ViewAsync(token))!.Digest);

        await loop.WhenCurrentAsync(static (table, _) => Emptied(table), token);
        Assert.NotEqual(right, (await loop.ViewAsync(token))!.Digest);
        var before = table.Reconciled;
        loop.Replaced(StateAt(4));
        await Eventually.HoldsAsync(() => table.Reconciled > before);
        Assert.Equal((4, right), ((await loop.ViewAsync(token))!.Revision, (await loop.ViewAsync(token))!.Digest));

        static bool Emptied(IFlagTable table)
        {
            table.Reconcile(table.Revision, FlagSet.Empty);
            return true;
        }
    }

    [Fact]
    public async Task A_table_that_is_ahead_of_a_log_under_replay_never_goes_back()
    {
        var table = new FakeTable(revision: 10);
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(StateAt(4));
        await Eventually.HoldsAsync(() => loop.NotCurrent?.Contains("revision 10", StringComparison.Ordinal) == true);
        Assert.Equal(10, table.Revision);

        for (var revision = 5; revision <= 12; revision++)
            loop.Applied(StateAt(revision), ["flag"]);
        await Eventually.HoldsAsync(() => table.Revision == 12);
        Assert.Null(loop.NotCurrent);
        Assert.True(table.Reconciled >= 1);
    }

    [Fact]
    public async Task The_table_answers_while_it_is_written_and_its_end_waits_for_answers()
    {
        var table = new FakeTable();
        var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        Assert.Null(loop.Evaluate("flag", EvaluationContext.Empty));
        loop.Start();
        loop.Replaced(StateAt(1));
        await Eventually.HoldsAsync(() => loop.NotCurrent is null);
        using var go = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        table.Answers = (_, _) =>
        {
            inside.Set();
            go.Wait(TestContext.Current.CancellationToken);
            Assert.False(table.Disposed);
            return new FlagAnswer(1, AnswerReason.Static, 0);
        };

        var answer = Task.Run(() => loop.Evaluate("flag", EvaluationContext.Empty), TestContext.Current.CancellationToken);
        inside.Wait(TestContext.Current.CancellationToken);
        loop.Applied(StateAt(2), ["flag"]);
        await Eventually.HoldsAsync(() => table.Revision == 2);
        var end = loop.DisposeAsync().AsTask();
        await Task.WhenAny(end, Task.Delay(100, TestContext.Current.CancellationToken));
        Assert.False(end.IsCompleted);
        go.Set();

        Assert.Equal(1, (await answer)!.Value.Revision);
        await end;
        Assert.True(table.Disposed);
        Assert.Null(loop.Evaluate("flag", EvaluationContext.Empty));
    }

    [Fact]
    public async Task Changes_that_come_while_the_table_is_written_are_written_together()
    {
        var table = new SlowTable();
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(StateAt(1));
        for (var revision = 2; revision <= 200; revision++)
            loop.Applied(StateAt(revision), [$"flag{revision % 7}"]);
        table.Go.Set();
        await Eventually.HoldsAsync(() => table.Revision == 200);
        Assert.InRange(table.Writes, 1, 20);
    }

    [Fact]
    public async Task A_table_that_fails_is_written_whole_as_soon_as_it_can_be()
    {
        var table = new FakeTable();
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        loop.Replaced(StateAt(1));
        await Eventually.HoldsAsync(() => loop.NotCurrent is null);

        table.Failure = new IOException("the disk is gone");
        loop.Applied(StateAt(2), ["flag"]);
        await Eventually.HoldsAsync(() => loop.NotCurrent?.Contains("the disk is gone", StringComparison.Ordinal) == true);
        loop.Applied(StateAt(3), ["other"]);
        table.Failure = null;
        await Eventually.HoldsAsync(() => table.Revision == 3);
        Assert.Null(loop.NotCurrent);
        Assert.Equal(2, table.Reconciled);
    }

    [Fact]
    public async Task Whatever_is_applied_the_table_says_the_same_at_the_end()
    {
        var random = new Random(7);
        var table = new FakeTable();
        await using var loop = new TableLoop(_ => table, TimeProvider.System, NullLogger.Instance);
        loop.Start();
        var state = StateAt(1);
        loop.Replaced(state);
        for (var index = 2; index < 2000; index++)
        {
            var key = $"k{random.Next(20)}";
            var exists = state.Flags.Flags.ContainsKey(key);
            Change change = exists && random.Next(2) == 0 ? new Change.Delete(key) : new Change.Put(key, Definition);
            var (next, outcome) = state.Flags.Apply(index, new ChangeSet(Guid.NewGuid(), [change]));
            Assert.IsType<ChangeOutcome.Applied>(outcome);
            state = state with { Flags = next, AppliedIndex = index };
            if (random.Next(100) == 0)
                loop.Replaced(state);
            else
                loop.Applied(state, [key]);
            if (random.Next(50) == 0)
                await Task.Yield();
        }

        await Eventually.HoldsAsync(() => table.Revision == state.Flags.Revision);
        Assert.Equal(state.Flags.Flags.Keys, table.Rows.Keys.Order(StringComparer.Ordinal));
    }

    private static FabricState StateAt(long revision) => FabricState.Empty with
    {
        Identity = Identity,
        AppliedIndex = revision,
        Flags = FlagSet.Restore(revision, [new Flag("flag", revision, Definition)]),
    };

    private sealed class SlowTable : IFlagTable
    {
        public ManualResetEventSlim Go { get; } = new();
        public int Writes { get; private set; }
        public string Path => "slow";
        public IHostUsage Usage { get; } = new FakeUsage();
        public TableKind Kind => TableKind.File;
        public long Revision { get; private set; }
        public ImmutableSortedSet<string>? Builds { get; set; }

        public int Reconcile(long revision, FlagSet flags)
        {
            Go.Wait(TestContext.Current.CancellationToken);
            (Revision, Writes) = (revision, Writes + 1);
            return 0;
        }

        public void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => (Revision, Writes) = (revision, Writes + 1);

        public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => null;

        public void Rebuild(long revision, FlagSet flags) => throw new NotSupportedException();

        public ulong Digest() => 0;

        public void Stamp() { }

        public Explanation Explain(string key, EvaluationContext context) => throw new NotSupportedException();

        public FlagAnswer Evaluate(string key, EvaluationContext context) => default;

        public void Dispose() => Go.Dispose();
    }
}
