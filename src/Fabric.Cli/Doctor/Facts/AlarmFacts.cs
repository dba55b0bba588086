using System.Text.Json;

namespace Fabric.Cli.Doctor.Facts;

/// <summary>Something that somebody has to look after, as a node says.</summary>
/// <param name="Host">Where.</param>
/// <param name="Kind">Its name in docs/operations.md.</param>
/// <param name="Since">When it began.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Cure">What to do.</param>
internal sealed record AlarmFacts(string Host, string Kind, DateTimeOffset Since, string Detail, string Cure)
{
    /// <summary>Those of an answer of the API; null where it is of a build that gives none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="host">Whose they are, where they do not say it themselves.</param>
    public static IReadOnlyList<AlarmFacts>? Read(JsonElement answer, string host = "") =>
        answer.TryGetProperty("alarms", out var alarms) && alarms.ValueKind == JsonValueKind.Array
            ? [.. alarms.EnumerateArray().Select(alarm => Of(alarm, host))]
            : null;

    private static AlarmFacts Of(JsonElement alarm, string host) => new(
        alarm.TryGetProperty("host", out var named) ? named.GetString()! : host,
        alarm.GetProperty("kind").GetString()!,
        alarm.GetProperty("since").GetDateTimeOffset(),
        alarm.GetProperty("detail").GetString()!,
        alarm.GetProperty("cure").GetString()!);
}
