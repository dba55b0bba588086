using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using Fabric.Bpf.Table;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

[SuppressMessage("Reliability", "CA5394", Justification = "A seeded sequence is what makes a failure repeatable.")]
public sealed class RolloutTests : IDisposable
{
    private const string KeyOnly = """{"var":"targetingKey"},""";

    private readonly string _folder = Folder(TableKind.File);

    /// <summary>flagd's published edge values of the hash: the first and the last bucket get exactly these.</summary>
    [Theory]
    [InlineData("ejOoVL", 0u)]
    [InlineData("bY9fO-", 1u)]
    [InlineData("SI7p-", 0x7fffffffu)]
    [InlineData("6LvT0", 0x80000000u)]
    [InlineData("ceQdGm", 0xffffffffu)]
    public void A_published_hash_falls_into_its_bucket(string key, uint hash)
    {
        Assert.Equal(hash, Murmur(Encoding.UTF8.GetBytes(key)));
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(1, Set(1, ("half", Percent(50, KeyOnly)), ("one", Percent(1, KeyOnly)), ("most", Percent(99, KeyOnly))));

        foreach (var (flag, percent) in new[] { ("half", 50), ("one", 1), ("most", 99) })
            Assert.Equal(((ulong)hash * 100) >> 32 < (ulong)percent, Evaluator.Evaluate(table, flag, key).Truth == 1);
    }

    [Fact]
    public void Any_name_and_any_key_fall_into_the_bucket_that_the_plain_formula_gives()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var table = Open(TableKind.File, _folder, Owner(256));
        var names = Enumerable.Range(1, 63).Select(length => new string((char)('a' + length % 26), length)).ToArray();
        table.Reconcile(1, Set(1, [.. names.Select(name => (name, Percent(37)))]));

        for (var i = 0; i < 200_000; i++)
        {
            var name = names[random.Next(names.Length)];
            var key = new string([.. Enumerable.Range(0, random.Next(1, 256)).Select(_ => (char)random.Next(33, 127))]);
            var expected = ((ulong)Murmur(Encoding.UTF8.GetBytes(name + key)) * 100) >> 32 < 37;
            Assert.True(expected == (Evaluator.Evaluate(table, name, key).Truth == 1), $"seed {seed}: {name} {key}");
        }
    }

    [Fact]
    public void More_buckets_than_fit_a_slot_stand_in_the_block_and_answer_alike()
    {
        var weights = Enumerable.Range(1, 64).ToArray();
        var variants = string.Join(",", weights.Select(w => $"\"v{w}\":\"{w}\""));
        var buckets = string.Join(",", weights.Select(w => $"[\"v{w}\",{w}]"));
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(1, Set(1, ("many", Definition(
            $$$"""{"state":"ENABLED","variants":{{{{variants}}}},"defaultVariant":"v1","targeting":{"fractional":[{{{buckets}}}]}}"""))));

        for (var user = 0; user < 20_000; user++)
        {
            var point = ((ulong)Murmur(Encoding.UTF8.GetBytes($"manyuser-{user}")) * (ulong)weights.Sum()) >> 32;
            var (expected, sum) = (0, weights[0]);
            while (point >= (ulong)sum)
                sum += weights[++expected];
            Assert.Equal(expected, Evaluator.Evaluate(table, "many", $"user-{user}").Variant);
        }
    }

    [Theory]
    [InlineData(null, "", Evaluator.Default)]
    [InlineData("", "", Evaluator.Default)]
    [InlineData("", KeyOnly, Evaluator.TargetingMatch)]
    [InlineData(null, KeyOnly, Evaluator.Default)]
    public void A_missing_or_empty_key_decides_as_flagd_says(string? key, string seed, int reason)
    {
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(1, Set(1, ("f", Percent(100, seed))));

        Assert.Equal(reason, Evaluator.Evaluate(table, "f", key).Reason);
    }

    [Fact]
    public void A_key_of_255_bytes_decides_and_a_longer_one_counts_as_none()
    {
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(1, Set(1, ("f", Percent(100))));

        Assert.Equal(Evaluator.TargetingMatch, Evaluator.Evaluate(table, "f", new string('k', 255)).Reason);
        Assert.Equal(Evaluator.Default, Evaluator.Evaluate(table, "f", new string('k', 256)).Reason);
    }

    [Fact]
    public void A_quarter_of_a_million_keys_is_a_quarter_and_raising_the_share_takes_nobody_out()
    {
        using var table = Open(TableKind.File, _folder);
        table.Reconcile(1, Set(1, ("ramp", Percent(25))));
        var first = Enumerable.Range(0, 1_000_000).Where(user => Evaluator.Evaluate(table, "ramp", $"user-{user}").Truth == 1).ToHashSet();
        table.Reconcile(2, Set(2, ("ramp", Percent(26))));
        var second = first.Count(user => Evaluator.Evaluate(table, "ramp", $"user-{user}").Truth == 1);

        Assert.InRange(first.Count, 248_000, 252_000);
        Assert.Equal(first.Count, second);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>murmur3_x86_32 with seed 0, as plainly as it can be said.</summary>
    private static uint Murmur(byte[] bytes)
    {
        var hash = 0u;
        for (var i = 0; i < bytes.Length / 4; i++)
            hash = BitOperations.RotateLeft(hash ^ Scramble(BitConverter.ToUInt32(bytes, i * 4)), 13) * 5 + 0xe6546b64;
        var tail = bytes.AsSpan(bytes.Length / 4 * 4);
        var last = 0u;
        for (var i = tail.Length - 1; i >= 0; i--)
            last = last << 8 | tail[i];
        hash = tail.Length > 0 ? hash ^ Scramble(last) : hash;
        hash ^= (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    private static uint Scramble(uint word) => BitOperations.RotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
}
