using System.Diagnostics;
using Fabric.Chaos.History;
using Fabric.Chaos.Validate;

namespace Fabric.Checkers.Tests;

/// <summary>The checker beside brute force, and against the clock of a long run.</summary>
public sealed class RegisterCheckTests
{
    private const int Histories = 150_000;

    private static readonly int Seed = Environment.GetEnvironmentVariable("FABRIC_CHECKERS_SEED") is { } seed ? int.Parse(seed) : 20261124;

    [Fact]
    public void Brute_force_agrees_on_random_histories_of_up_to_seven_operations()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var legal = 0;
        for (var i = 0; i < Histories; i++)
        {
            var operations = Draw(random);
            var expected = BruteForce.Explains(operations, 0);
            legal += expected ? 1 : 0;
            foreach (var verdict in new[] { Check(operations), new DepthFirstCheck(operations, CancellationToken.None).Run(0) })
            {
                Assert.True(expected ? verdict is Verdict.Linearizable : verdict is Verdict.Illegal,
                    $"history {i} of seed {Seed}: brute force says {expected}, the checker {verdict}\n{string.Join('\n', operations)}");
            }
        }

        TestContext.Current.TestOutputHelper.WriteLine($"{Histories} histories, {legal} of them linearizable");
        Assert.InRange(legal, Histories / 10, Histories * 9 / 10);
    }

    [Theory]
    [InlineData(100, 16, 0.01)]
    [InlineData(1, 16, 0)]
    [InlineData(10, 32, 0.02)]
    public void A_hundred_thousand_operations_of_a_healthy_run_are_found_in_order(int keys, int clients, double lost)
    {
        var histories = Healthy(keys, 100_000 / keys, clients, lost);
        var began = Stopwatch.GetTimestamp();
        var (word, why) = CheckRun.Judge(histories, Named, 0, TimeSpan.FromMinutes(10));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{keys} keys, {clients} clients, {lost:P0} without an answer: {word} {why} after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.Equal("OK", word);
    }

    [Theory]
    [InlineData(100, 16, 0.01)]
    [InlineData(1, 16, 0)]
    public void One_stale_read_among_a_hundred_thousand_operations_is_found(int keys, int clients, double lost)
    {
        var histories = Healthy(keys, 100_000 / keys, clients, lost);
        var last = histories[^1];
        var stale = last.Operations.Last(static operation => operation.Kind == OperationKind.Read);
        // What every key held before the first write.
        var wrong = last with { Operations = [.. last.Operations.Select(operation => ReferenceEquals(operation, stale) ? operation with { Value = 0 } : operation)] };
        Assert.Equal("ILLEGAL", CheckRun.Judge([.. histories.SkipLast(1), wrong], Named, 0, TimeSpan.FromMinutes(10)).Word);
    }

    private static Verdict Check(IReadOnlyList<Operation> operations) =>
        new RegisterCheck(new KeyHistory("k", operations), Named, 0, CancellationToken.None).Run();

    private static readonly ValueNames Named = Names();

    /// <summary>Any values do: they are only named in sentences.</summary>
    private static ValueNames Names()
    {
        var names = new ValueNames();
        for (var i = 0; i < 110_000; i++)
            names.NumberOf(System.Text.Json.JsonSerializer.SerializeToElement(i));
        return names;
    }

    /// <summary>Few values and much overlap, so that about as many are legal as not.</summary>
    private static List<Operation> Draw(Random random)
    {
        var count = random.Next(1, 8);
        var at = Enumerable.Range(0, count * 2).ToArray();
        random.Shuffle(at);
        var operations = new List<Operation>();
        for (var i = 0; i < count; i++)
        {
            var (one, other) = (at[2 * i], at[(2 * i) + 1]);
            var kind = (OperationKind)random.Next(6);
            var ended = kind is OperationKind.PerhapsWrite or OperationKind.PerhapsSwap ? Operation.Never : Math.Max(one, other);
            operations.Add(new Operation(kind, random.Next(3), random.Next(3), Math.Min(one, other), ended, i));
        }

        return [.. operations.OrderBy(static operation => operation.Began)];
    }

    /// <summary>What clients of a real register would record: each operation takes place at some moment between its two ends.</summary>
    private static List<KeyHistory> Healthy(int keys, int operations, int clients, double lost)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, keys).Select(key => new KeyHistory($"k{key}", HealthyKey(random, operations, clients, lost)))];
    }

    private static List<Operation> HealthyKey(Random random, int count, int clients, double lost)
    {
        // Each client: begins, takes its place, ends, in an order that chance decides.
        var recorded = new List<Operation>();
        var (held, next, at) = (0, 1, 0);
        var open = new (OperationKind Kind, int From, int Value, int Began, bool Placed)?[clients];
        while (recorded.Count < count)
        {
            at++;
            var client = random.Next(clients);
            if (open[client] is not { } one)
            {
                var kind = random.Next(4) switch { 0 or 1 => OperationKind.Read, 2 => OperationKind.Write, _ => OperationKind.Swap };
                open[client] = (kind, random.Next(2) == 0 ? held : random.Next(next), kind == OperationKind.Read ? 0 : next++, at, false);
            }
            else if (!one.Placed)
            {
                var found = held == one.From;
                var kind = one.Kind == OperationKind.Swap && !found ? OperationKind.Miss : one.Kind;
                open[client] = one with { Placed = true, Kind = kind, Value = kind == OperationKind.Read ? held : one.Value };
                held = kind is OperationKind.Write or OperationKind.Swap ? one.Value : held;
            }
            else
            {
                open[client] = null;
                var gone = random.NextDouble() < lost;
                if (gone && one.Kind is OperationKind.Write or OperationKind.Swap && gone)
                {
                    var kind = one.Kind == OperationKind.Write ? OperationKind.PerhapsWrite : OperationKind.PerhapsSwap;
                    recorded.Add(new Operation(kind, one.From, one.Value, one.Began, Operation.Never, recorded.Count));
                }
                else
                {
                    recorded.Add(new Operation(one.Kind, one.From, one.Value, one.Began, at, recorded.Count));
                }
            }
        }

        // Those that had taken their place and were not answered any more.
        recorded.AddRange(from one in open
                          where one is { Placed: true, Kind: OperationKind.Write or OperationKind.Swap }
                          let kind = one.Value.Kind == OperationKind.Write ? OperationKind.PerhapsWrite : OperationKind.PerhapsSwap
                          select new Operation(kind, one.Value.From, one.Value.Value, one.Value.Began, Operation.Never, 0));
        return [.. recorded.OrderBy(static operation => operation.Began)];
    }
}
