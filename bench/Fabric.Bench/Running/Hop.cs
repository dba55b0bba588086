namespace Fabric.Bench.Running;

/// <summary>What a host adds to the way of a write to the host that it feeds, from table to table.</summary>
/// <param name="Median">Milliseconds.</param>
/// <param name="Tail">Milliseconds at p99.</param>
/// <param name="From">What measured it.</param>
internal sealed record Hop(double Median, double Tail, string From)
{
    /// <summary>
    /// As it was measured last: by this run, or, where it leaves the part `fleet` out, by `bench/run --quick --hosts 10 fleet`
    /// on two shared cores (20 writes at each of three depths: medians of 1.9 to 2.2 ms, the slowest of all 9.1 ms).
    /// </summary>
    internal static Hop Last { get; set; } = new(2.2, 9.1, "as a short run of the part `fleet` measured it on two shared cores");
}
