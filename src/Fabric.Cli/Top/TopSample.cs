using System.Text.Json;
using Fabric.Cli.Usage;

namespace Fabric.Cli.Top;

/// <summary>What one flag was asked in a while.</summary>
/// <param name="Key">The flag.</param>
/// <param name="PerSecond">Questions a second, since the sample before.</param>
/// <param name="Evaluations">All questions so far.</param>
/// <param name="Answers">The answers since the sample before, by variant; where there were none, all so far.</param>
/// <param name="Callers">Executables that ask for it.</param>
internal sealed record TopFlag(string Key, double PerSecond, long Evaluations, IReadOnlyList<KeyValuePair<string, long>> Answers, int Callers);

/// <summary>Two readings of the usage, one after the other, as rates.</summary>
internal static class TopSample
{
    private const string Default = "(default)";

    /// <summary>The flags, the most asked for first.</summary>
    public static IReadOnlyList<TopFlag> Between(UsageReply before, UsageReply after, TimeSpan apart)
    {
        var known = before.Flags.ToDictionary(static flag => flag.GetProperty("key").GetString()!, StringComparer.Ordinal);
        return [.. after.Flags.Select(flag => Rate(known.TryGetValue(flag.GetProperty("key").GetString()!, out var old) ? old : null, flag, apart))
            .OrderByDescending(static flag => flag.PerSecond).ThenByDescending(static flag => flag.Evaluations).ThenBy(static flag => flag.Key, StringComparer.Ordinal)];
    }

    private static TopFlag Rate(JsonElement? before, JsonElement flag, TimeSpan apart)
    {
        var (old, now) = (before is { } known ? Answers(known) : [], Answers(flag));
        // A host that did not answer is missing in the sums: what falls is not a rate.
        var since = now.Select(one => KeyValuePair.Create(one.Key, Math.Max(0, one.Value - old.GetValueOrDefault(one.Key)))).Where(static one => one.Value > 0).ToArray();
        var calls = before is null ? 0 : since.Sum(static one => one.Value);
        return new TopFlag(
            flag.GetProperty("key").GetString()!, calls / apart.TotalSeconds, flag.GetProperty("evaluations").GetInt64(),
            [.. (calls > 0 ? since : [.. now]).OrderByDescending(static one => one.Value).ThenBy(static one => one.Key, StringComparer.Ordinal)],
            flag.GetProperty("callers").GetArrayLength());
    }

    private static Dictionary<string, long> Answers(JsonElement flag)
    {
        var answers = flag.GetProperty("variants").EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetInt64(), StringComparer.Ordinal);
        if (flag.GetProperty("defaults").GetInt64() is > 0 and var defaults)
            answers[Default] = defaults;
        return answers;
    }
}
