using Fabric.Bpf.Table;
using Fabric.Flags.Changes;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

/// <summary>A writer that dies between any two of its stores.</summary>
public sealed class CrashTests
{
    [Fact]
    public void Readers_keep_the_old_answers_until_the_last_store_and_the_next_writer_goes_on()
    {
        var before = Set(3, ("kept", Boolean(true)), ("flipped", Boolean(false)), ("deleted", Boolean(true)));
        var after = before.With(4,
            new Change.Put("flipped", Boolean(true)), new Change.Put("added", Percent(25)), new Change.Delete("deleted"));
        string[] keys = ["flipped", "added", "deleted"];
        string[] all = ["kept", "flipped", "deleted", "added"];
        var crashes = 0;
        for (var stores = 0; ; stores++)
        {
            var folder = Folder(TableKind.File);
            var path = Path.Combine(folder, "table");
            using (var filled = Open(TableKind.File, folder))
                filled.Reconcile(3, before);
            var old = Answers(folder, all);

            var memory = new DyingMemory(FileTableMemory.OpenOrCreate(path, Owner()), stores);
            var died = false;
            using (var table = new FlagTable(memory, _ => throw new InvalidOperationException("there is room")))
            {
                try
                {
                    table.Apply(4, after, keys);
                }
                catch (DyingMemory.DeadException)
                {
                    died = true;
                }

                // What readers see at this very moment, before anybody has mended anything.
                var seen = all.Select(name => Evaluator.Evaluate(table, name, "user").Variant).ToArray();
                if (table.Revision == 3)
                    Assert.Equal(old, seen);
                else
                    Assert.Equal([0, 0, Layout.NoVariant], seen[..3]);
            }

            using (var next = Open(TableKind.File, folder))
            {
                next.Reconcile(5, after);
                Assert.Equal([0, 0, Layout.NoVariant], all[..3].Select(name => Evaluator.Evaluate(next, name).Variant));
                Assert.Equal(Evaluator.TargetingMatch, Evaluator.Evaluate(next, "added", "user").Reason);
                Assert.Equal(0, next.Reconcile(6, after));
            }

            Directory.Delete(folder, recursive: true);
            if (!died)
                break;
            crashes++;
        }

        Assert.InRange(crashes, 15, 100);
    }

    private static byte[] Answers(string folder, string[] names)
    {
        using var table = Open(TableKind.File, folder);
        return [.. names.Select(name => Evaluator.Evaluate(table, name, "user").Variant)];
    }

    /// <summary>Carries out so many stores and no more.</summary>
    private sealed unsafe class DyingMemory(ITableMemory memory, int stores) : ITableMemory
    {
        private int _left = stores;

        public string Path => memory.Path;

        public TableKind Kind => memory.Kind;

        public byte* Bytes => memory.Bytes;

        public long Length => memory.Length;

        public void Carry(StoreList list)
        {
            list.With((first, count) =>
            {
                for (var i = 0; i < count; i++)
                {
                    if (_left-- <= 0)
                        throw new DeadException();
                    var one = new StoreList();
                    if (first[i].Kind == StoreKind.Copy)
                        one.Copy(first[i].Offset, new ReadOnlySpan<byte>((void*)first[i].Value, (int)first[i].Length));
                    else
                        one.Store64(first[i].Offset, first[i].Value);
                    memory.Carry(one);
                }
            });
        }

        public void Dispose() => memory.Dispose();

        internal sealed class DeadException : Exception;
    }
}
