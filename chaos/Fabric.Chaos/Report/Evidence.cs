using Fabric.Chaos.Model;

namespace Fabric.Chaos.Report;

/// <summary>The operations around a moment, a row a client, so that the evidence of a checker can be looked at.</summary>
internal static class Evidence
{
    private const double Around = 1;
    private const int MostOperations = 400;

    public static string Of(ReportData data, long time)
    {
        var (from, to) = (Math.Max(0, data.At(time) - Around), Math.Min(data.Seconds, data.At(time) + Around));
        var near = data.Run.Operations.Where(one => data.At(one.Began) <= to && (one.Outcome == Outcome.Unknown ? data.At(one.Began) >= from : data.At(one.Ended) >= from)).Take(MostOperations).ToList();
        var svg = new Svg(to - from);
        foreach (var client in near.GroupBy(static one => one.Process).OrderBy(static client => client.Key.Length).ThenBy(static client => client.Key, StringComparer.Ordinal))
        {
            var top = svg.Row($"client {client.Key}", 12);
            foreach (var one in client)
            {
                var began = Math.Max(0, data.At(one.Began) - from);
                var ended = one.Outcome == Outcome.Unknown ? to - from : Math.Min(to, data.At(one.Ended)) - from;
                svg.Bar(began, ended, top, 12, one.Outcome switch { Outcome.Ok => one.IsRead ? "read" : "ok", Outcome.Refused => "refused", _ => "unknown" }, Says(one));
            }
        }

        svg.Mark(data.At(time) - from, 0, svg.Height, "here", "here it was seen");
        return svg.End();
    }

    private static string Says(RecordedOperation one) => one.Outcome switch
    {
        Outcome.Ok when one.IsRead => $"{one} saw {one.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}, revision {one.Revision}{(one.At is null ? "" : $" at {one.At}")}",
        Outcome.Ok => $"{one} is revision {one.Revision}",
        Outcome.Refused => $"{one} was refused{(one.Conflict ? " for its condition" : "")}",
        _ => $"{one}: its outcome is unknown",
    };
}
