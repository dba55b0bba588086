using System.Text;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Raft.Log;
using Fabric.Raft.Observers;
using Fabric.Raft.Snapshots;
using Fabric.Raft.StateMachine;
using Fabric.Raft.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft.Tests.Log;

/// <summary>The log alone, spoken to as the Raft library speaks to it.</summary>
public sealed class DurableLogTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly List<string> failures = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    internal static async Task<(DurableLog Log, FabricStateMachine Machine)> OpenAsync(string directory, bool stock = false, Action<string, Exception?>? failFast = null)
    {
        var store = new SnapshotStore(Path.Combine(directory, "snapshots"), NullLogger.Instance);
        var machine = new FabricStateMachine(store.Load(), store, new SnapshotPolicy(1000, 1 << 20, 0), null, new EntryFeed(), failFast ?? ((_, _) => { }), NullLogger.Instance);
        return (await DurableLog.OpenAsync(Path.Combine(directory, "log"), machine, stock), machine);
    }

    private async Task<DurableLog> OpenAsync(bool stock = false) => (await OpenAsync(folder.Path, stock, (reason, _) => failures.Add(reason))).Log;

    internal static ILogEntryProducer<BinaryLogEntry> Entries(long term, params int[] contents) =>
        new LogEntryProducer<BinaryLogEntry>([.. contents.Select(content => new BinaryLogEntry { Term = term, Content = Encoding.UTF8.GetBytes($"entry {content}") })]);

    internal static ValueTask AppendAsync(IAuditTrail<IRaftLogEntry> log, ILogEntryProducer<BinaryLogEntry> entries, long startIndex) =>
        log.AppendAsync(entries, startIndex, skipCommitted: true, Token);

    /// <summary>The terms of all entries, as text.</summary>
    private static string TermsOf(DurableLog log) => string.Join(", ", log.Read(1, log.LastEntryIndex).Select(static entry => entry.Term));

    [Fact]
    public async Task A_request_that_comes_twice_does_not_cut_off_what_came_after_it()
    {
        await using var log = await OpenAsync();
        await AppendAsync(log, Entries(1, 1, 2, 3, 4, 5), 1);

        await AppendAsync(log, Entries(1, 1, 2), 1);
        Assert.Equal(5, log.LastEntryIndex);

        await AppendAsync(log, Entries(1, 4, 5, 6, 7), 4);
        Assert.Equal(7, log.LastEntryIndex);
        Assert.Equal("1, 1, 1, 1, 1, 1, 1", TermsOf(log));
    }

    [Fact]
    public async Task The_stock_log_does_cut_it_off()
    {
        await using var log = await OpenAsync(stock: true);
        await AppendAsync(log, Entries(1, 1, 2, 3, 4, 5), 1);

        await AppendAsync(log, Entries(1, 1, 2), 1);

        Assert.Equal(2, log.LastEntryIndex);
    }

    [Fact]
    public async Task A_conflicting_tail_is_replaced_from_the_first_entry_that_differs()
    {
        await using var log = await OpenAsync();
        await AppendAsync(log, Entries(1, 1, 2, 3, 4, 5), 1);

        var mixed = new LogEntryProducer<BinaryLogEntry>([
            new BinaryLogEntry { Term = 1, Content = "entry 2"u8.ToArray() },
            new BinaryLogEntry { Term = 2, Content = "entry 3"u8.ToArray() }]);
        await AppendAsync(log, mixed, 2);

        Assert.Equal("1, 1, 2", TermsOf(log));
    }

    [Fact]
    public async Task What_a_follower_has_appended_is_there_after_a_restart()
    {
        await using (var log = await OpenAsync())
            await AppendAsync(log, Entries(1, 1, 2, 3), 1);

        await using var reopened = await OpenAsync();
        Assert.Equal("1, 1, 1", TermsOf(reopened));
    }

    [Fact]
    public async Task A_leader_whose_term_has_passed_appends_nothing()
    {
        await using var log = await OpenAsync();
        IPersistentState state = log;
        await state.UpdateTermAsync(5, resetLastVote: true, Token);
        Assert.Equal(1, await ((IAuditTrail<IRaftLogEntry>)log).AppendAsync(new EmptyLogEntry { Term = 5 }, Token));
        Assert.Equal(5, log.LedTerm);
        var current = new FencedEntry(log.LedTerm, "current"u8.ToArray());
        Assert.Equal(2, await log.AppendAsync(current, Token));
        Assert.True(current.Written);

        await state.UpdateTermAsync(6, resetLastVote: true, Token);
        var late = new FencedEntry(log.LedTerm, "late"u8.ToArray());

        await Assert.ThrowsAsync<TermHasPassedException>(async () => await log.AppendAsync(late, Token));
        Assert.False(late.Written);
        Assert.Equal(2, log.LastEntryIndex);
        await AppendAsync(log, Entries(6, 3), 3);
        Assert.Equal("5, 5, 6", TermsOf(log));
    }

    [Fact]
    public async Task A_committed_entry_that_cannot_be_decoded_ends_the_process_and_the_log_takes_no_more()
    {
        var (log, machine) = await OpenAsync(folder.Path, failFast: (reason, _) => failures.Add(reason));
        await using var _ = log;
        await log.InitializeAsync(Token);
        machine.GoLive();
        await AppendAsync(log, Entries(1, 1), 1);
        await log.CommitAsync(1, Token);

        await Assert.ThrowsAnyAsync<Exception>(async () => await log.WaitForApplyAsync(1, Token));

        Assert.Contains("cannot be decoded", Assert.Single(failures), StringComparison.Ordinal);
        Assert.Equal(0, machine.State.Fabric.AppliedIndex);
    }

    [Fact]
    public async Task The_head_of_a_log_is_read_without_opening_it()
    {
        Assert.Equal(default, LogHead.Read(folder["log"]));
        await using (var log = await OpenAsync())
            await AppendAsync(log, Entries(1, 1, 2, 3), 1);

        Assert.Equal(3, LogHead.Read(folder["log"]).LastIndex);
    }
}
