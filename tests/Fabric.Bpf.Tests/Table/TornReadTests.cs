using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

public sealed class TornReadTests
{
    /// <summary>An even revision says true and an odd one false: an answer made of two versions shows itself.</summary>
    [Theory]
    [InlineData(TableKind.Bpf)]
    [InlineData(TableKind.File)]
    public async Task A_reader_never_sees_parts_of_two_versions(TableKind kind)
    {
        var folder = Folder(kind);
        using var table = Open(kind, folder);
        var flags = Set(2, ("flip", Boolean(true)), ("other", Boolean(true)));
        table.Reconcile(2, flags);
        using var stop = new CancellationTokenSource();
        using var reading = new CountdownEvent(3);

        var readers = Enumerable.Range(0, 3)
            .Select(_ => Task.Factory.StartNew(() => Read(table, reading, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        Assert.True(reading.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken), "not all readers started");
        for (var revision = 3L; revision < 60_000; revision++)
        {
            flags = flags.With(revision, new Change.Put("flip", Boolean(revision % 2 == 0)));
            table.Apply(revision, flags, ["flip"]);
        }

        await stop.CancelAsync();
        var reads = await Task.WhenAll(readers);
        TestContext.Current.TestOutputHelper!.WriteLine($"{reads.Sum()} reads over 60,000 changes");
        Directory.Delete(folder, recursive: true);
    }

    private static long Read(FlagTable table, CountdownEvent reading, CancellationToken stop)
    {
        var (reads, last) = (0L, 0UL);
        Evaluator.Evaluate(table, "flip");
        reading.Signal();
        while (!stop.IsCancellationRequested)
        {
            var answer = Evaluator.Evaluate(table, "flip");
            Assert.Equal(answer.Revision % 2 == 0, answer.Truth == 1);
            Assert.True(answer.Revision >= last, "an answer went back in time");
            last = answer.Revision;
            reads++;
        }

        return reads;
    }
}
