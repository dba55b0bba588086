namespace Fabric.Bench.Report;

/// <summary>Measurements of one thing, in one unit.</summary>
internal sealed class Samples
{
    private readonly double[] _sorted;

    internal Samples(IEnumerable<double> values)
    {
        _sorted = [.. values.Order()];
        if (_sorted.Length == 0)
            throw new ArgumentException("nothing was measured", nameof(values));
    }

    internal static Samples Of(IEnumerable<Samples> parts) => new(parts.SelectMany(static part => part._sorted));

    internal int Count => _sorted.Length;

    /// <summary>The least twentieth of all.</summary>
    internal Samples Fastest => new(_sorted.Take(Math.Max(1, _sorted.Length / 20)));

    internal double Max => _sorted[^1];

    internal double Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;

    /// <summary>The smallest value that so large a part of all is not above; 0.99 for p99.</summary>
    internal double Quantile(double part) => _sorted[(int)Math.Ceiling(part * _sorted.Length) - 1];

    /// <summary>Median, and what nine in ten lie between: the least and the greatest are the scheduler's.</summary>
    internal string Text(int digits = 1) => $"{Figure(Median, digits)} ({Figure(Quantile(0.05), digits)}..{Figure(Quantile(0.95), digits)})";

    internal static string Figure(double value, int digits = 1) => value.ToString($"F{digits}");
}
