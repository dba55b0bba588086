namespace Fabric.Chaos.CrashPoints;

/// <summary>Many crash points, two at a time.</summary>
internal static class CrashPointsRun
{
    private const int AtOnce = 2;

    /// <summary>0 where every point was reached and recovered from, 1 where one was not recovered from, otherwise 2.</summary>
    public static async Task<int> RunAsync(int from, int to, int step, bool spoil, string? fabric, TextWriter output, TextWriter errors)
    {
        if (from < 1 || to < from || step < 1)
        {
            errors.WriteLine("fabric-chaos: crash points are numbered from 1, and --step is at least 1");
            return 2;
        }

        var (programs, missing) = CrashPrograms.Find();
        if (programs is null)
        {
            errors.WriteLine($"fabric-chaos: {missing}");
            return 2;
        }

        var results = await TryAsync(fabric is null ? programs : programs with { Fabric = fabric }, from, to, step, spoil);
        var code = Report(results, output);
        return code == 0 && spoil && results.All(static result => !result.Spoilt) ? 2 : code;
    }

    public static async Task<IReadOnlyList<CrashResult>> TryAsync(CrashPrograms programs, int from, int to, int step, bool spoil)
    {
        var results = new CrashResult[((to - from) / step) + 1];
        await Parallel.ForAsync(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            results[i] = await CrashPoint.TryAsync(programs, from + (i * step), spoil));
        return results;
    }

    private static int Report(IReadOnlyList<CrashResult> results, TextWriter output)
    {
        var wrong = results.Where(static result => result.Wrong is not null).ToList();
        var missed = results.Count(static result => !result.Reached);
        foreach (var result in wrong)
            output.WriteLine($"call {result.At}, {result.Acknowledged} writes acknowledged: {result.Wrong}");
        output.WriteLine($"{results.Count - missed} crash points, {results.Count - missed - wrong.Count} recovered, {wrong.Count} not, {missed} not reached{Refusals(results)}; {results.Sum(static result => result.Acknowledged)} writes were acknowledged");
        return wrong.Count > 0 ? 1 : missed > 0 ? 2 : 0;
    }

    private static string Refusals(IReadOnlyList<CrashResult> results) => results.Any(static result => result.Spoilt)
        ? $", {results.Count(static result => result.Spoilt)} with a spoilt snapshot, from which {results.Count(static result => result.Refused)} refused to start" : "";
}
