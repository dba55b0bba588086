using System.Text;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Fabric.Raft.Log;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Log;

/// <summary>Older builds kept the library's own log, which these tests write as those did.</summary>
public sealed class OlderLogTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    private WriteAheadLog Older() => new(
        new WriteAheadLog.Options
        {
            Location = folder["log"],
            ChunkSize = 1024 * 1024,
            HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.XxHash64,
            MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
        },
        IStateMachine.CreateNoOp(long.MaxValue));

    private async Task WriteOlderAsync()
    {
        await using var log = Older();
        await log.InitializeAsync(Token);
        IPersistentState state = log;
        await state.UpdateTermAsync(4, resetLastVote: true, Token);
        await state.AppendAsync(DurableLogTests.Entries(3, 1, 2), 1, skipCommitted: true, Token);
        await state.AppendAsync(DurableLogTests.Entries(4, 3), 3, skipCommitted: true, Token);
        await log.FlushAsync(Token);
    }

    private static string TextOf(DurableLog log) =>
        string.Join(" ", log.Read(1, log.LastEntryIndex).Select(static entry => $"{entry.Index}/{entry.Term}={Encoding.UTF8.GetString(entry.Bytes.Span)}"));

    [Fact]
    public async Task What_an_older_build_wrote_is_taken_over_with_its_term()
    {
        await WriteOlderAsync();
        Assert.Equal(3, LogHead.Read(folder["log"]).LastIndex);

        for (var start = 0; start < 2; start++)
        {
            var (log, _) = await DurableLogTests.OpenAsync(folder.Path);
            await using (log)
            {
                Assert.Equal("1/3=entry 1 2/3=entry 2 3/4=entry 3", TextOf(log));
                Assert.Equal(4, log.CurrentTerm);
            }
        }

        Assert.Equal(3, LogHead.Read(folder["log"]).LastIndex);
        Assert.False(Directory.Exists(Path.Combine(folder["log"], "data")));
    }

    [Fact]
    public async Task A_take_over_that_was_broken_off_begins_again()
    {
        await WriteOlderAsync();
        var beside = Directory.CreateDirectory(Path.Combine(folder["log"], "entries.tmp")).FullName;
        await File.WriteAllTextAsync(Path.Combine(beside, "00000000000000000001.entries"), "half of it", Token);

        var (log, _) = await DurableLogTests.OpenAsync(folder.Path);
        await using (log)
            Assert.Equal(3, log.LastEntryIndex);
    }

    [Fact]
    public async Task An_older_build_refuses_the_folder_afterwards_and_takes_it_for_no_empty_one()
    {
        var (log, _) = await DurableLogTests.OpenAsync(folder.Path);
        await log.DisposeAsync();

        Assert.Throws<WriteAheadLog.UnsupportedCheckpointVersionException>(Older);
    }

    [Fact]
    public async Task A_log_whose_entries_are_gone_is_no_empty_one()
    {
        var (log, _) = await DurableLogTests.OpenAsync(folder.Path);
        await log.DisposeAsync();
        Directory.Delete(Path.Combine(folder["log"], "entries"), recursive: true);

        await Assert.ThrowsAsync<InvalidDataException>(() => DurableLogTests.OpenAsync(folder.Path));
    }
}
