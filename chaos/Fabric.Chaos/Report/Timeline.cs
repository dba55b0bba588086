using System.Globalization;
using Fabric.Chaos.Model;

namespace Fabric.Chaos.Report;

/// <summary>The whole run as rows: faults, leaders, how operations went, how far each table and each listener had come.</summary>
internal static class Timeline
{
    private const int Columns = 400;

    public static string Of(ReportData data)
    {
        var svg = new Svg(data.Seconds);
        Faults(svg, data);
        foreach (var host in data.Hosts)
            Leading(svg, data, host);
        Rates(svg, data);
        Latencies(svg, data);
        Revisions(svg, data);
        return svg.End();
    }

    private static void Faults(Svg svg, ReportData data)
    {
        foreach (var kind in data.Faults().GroupBy(static one => one.Fault.Fault))
        {
            var top = svg.Row(kind.Key, 14);
            foreach (var (fault, from, to) in kind)
                svg.Bar(from, to, top, 14, "fault", $"{fault.Fault} {string.Join(", ", fault.Hosts)}, {Time(from)} to {Time(to)} {fault.Detail}");
        }
    }

    private static void Leading(Svg svg, ReportData data, string host)
    {
        var top = svg.Row($"{host} leads", 14);
        foreach (var (from, to) in data.Silent(host))
            svg.Bar(from, to, top, 14, "silent", $"{host} does not answer, {Time(from)} to {Time(to)}");
        foreach (var (from, to, term) in data.Leading(host))
            svg.Bar(from, to, top, 14, "leader", $"{host} leads in term {term}, {Time(from)} to {Time(to)}");
    }

    private static void Rates(Svg svg, ReportData data)
    {
        const int Height = 90;
        var width = data.Seconds / Columns;
        var top = svg.Row("operations/s", Height);
        var columns = data.Run.Operations.GroupBy(one => (int)(data.At(one.Outcome == Outcome.Unknown ? one.Began : one.Ended) / width)).ToList();
        var most = columns.Select(static column => column.Count()).DefaultIfEmpty(1).Max();
        foreach (var column in columns)
        {
            var bottom = top + Height;
            foreach (var (outcome, kind) in new[] { (Outcome.Ok, "ok"), (Outcome.Refused, "refused"), (Outcome.Unknown, "unknown") })
            {
                var count = column.Count(one => one.Outcome == outcome);
                var height = (int)Math.Ceiling((double)count / most * Height);
                bottom -= height;
                if (count > 0)
                    svg.Bar(column.Key * width, (column.Key + 1) * width, Math.Max(top, bottom), height, kind, string.Create(CultureInfo.InvariantCulture, $"{Time(column.Key * width)}: {count / width:F0}/s {kind}"));
            }
        }
    }

    private static void Latencies(Svg svg, ReportData data)
    {
        const int Height = 70;
        var width = data.Seconds / Columns;
        var top = svg.Row("slowest answer", Height);
        var slowest = data.Run.Operations.Where(static one => one.Outcome == Outcome.Ok)
            .GroupBy(one => (int)(data.At(one.Ended) / width)).Select(column => (At: column.Key * width, Most: column.Max(static one => (one.Ended - one.Began) / 1e9))).OrderBy(static point => point.At).ToList();
        var most = slowest.Select(static point => point.Most).DefaultIfEmpty(1).Max();
        svg.Line(slowest.Select(point => (point.At, point.Most / most)), top, Height, "latency", string.Create(CultureInfo.InvariantCulture, $"the slowest of all took {most:F2} s"));
        svg.Note(data.Seconds * 0.9, top + 10, string.Create(CultureInfo.InvariantCulture, $"top is {most:F2} s"));
    }

    private static void Revisions(Svg svg, ReportData data)
    {
        const int Height = 70;
        foreach (var program in data.Run.Programs)
        {
            var top = svg.Row($"{program.Name}", Height);
            svg.Line(program.Samples.Select(sample => (data.At(sample.Time), (double)sample.Revision / data.Revisions)), top, Height, "table", $"revisions that {program.Name} saw in its table, up to {data.Revisions}");
        }

        foreach (var subscriber in data.Run.Subscribers)
        {
            var top = svg.Row(subscriber.Name, 14);
            var last = (double?)null;
            foreach (var line in subscriber.Lines.Where(static line => line.Mark != StreamMark.Event))
            {
                var at = data.At(line.Time);
                if (line.Mark == StreamMark.Open)
                    last = at;
                if (line.Mark == StreamMark.Open || last is not { } from)
                    continue;
                svg.Bar(from, at, top, 14, "stream", $"listens from {Time(from)} to {Time(at)}, when it {(line.Mark == StreamMark.Gap ? "was told of a gap" : "ended")}");
                last = null;
            }

            if (last is { } open)
                svg.Bar(open, data.Seconds, top, 14, "stream", $"listens from {Time(open)}");
        }
    }

    internal static string Time(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s");
}
