using System.Globalization;
using System.Text;
using Fabric.Chaos.Model;
using Fabric.Chaos.Validate;

namespace Fabric.Chaos.Report;

/// <summary>A run as one page that needs nothing else.</summary>
internal static class ReportPage
{
    private const string Style = """
        body{font:14px/1.4 system-ui,sans-serif;margin:1.5em;color:#222;background:#fff}svg{width:100%;height:auto;border:1px solid #ddd;margin:.5em 0}
        svg text{font-size:11px;fill:#333}svg .note{font-size:10px;fill:#777}.grid{stroke:#eee}table{border-collapse:collapse}td{padding:.2em .8em;border-bottom:1px solid #eee;vertical-align:top}
        .OK{color:#17692b}.ILLEGAL{color:#b3151b;font-weight:bold}.UNKNOWN{color:#8a5a00;font-weight:bold}
        .fault{fill:#d9534f;opacity:.7}.leader{fill:#3b7dd8}.silent{fill:#ccc}.ok{fill:#4caf6d}.read{fill:#9fd3ae}.refused{fill:#e8b339}.unknown{fill:#b667c9}.stream{fill:#8fb7e3}
        polyline{fill:none;stroke-width:1.2}.latency{stroke:#b3151b}.table{stroke:#3b7dd8}.here{stroke:#b3151b;stroke-width:2;stroke-dasharray:4 3}
        @media(prefers-color-scheme:dark){body{color:#ddd;background:#16181c}svg{border-color:#333}svg text{fill:#ccc}.grid{stroke:#2a2d33}td{border-color:#2a2d33}.OK{color:#6fcf8b}.ILLEGAL{color:#ff7b7b}.UNKNOWN{color:#e8b339}}
        """;

    public static string Of(Run run, IReadOnlyList<Finding> findings)
    {
        var data = new ReportData(run, findings);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang='en'><meta charset='utf-8'><title>Run {Svg.Text(run.Seed ?? "")}</title><style>{Style}</style>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>Run {Svg.Text(run.Seed is null ? Path.GetFileName(run.Folder) : $"of seed {run.Seed}")}</h1>\n<p>{Svg.Text(Summary(data))}</p>\n<table>\n");
        foreach (var finding in findings)
        {
            var word = finding.Judgement.ToString().ToUpperInvariant();
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{finding.Checker}<td class='{word}'>{word}<td>{Svg.Text(finding.Says)}\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"</table>\n<h2>All of it</h2>\n<p>Green was acknowledged, yellow refused, purple has no answer; grey hosts did not answer. Point at anything for more.</p>\n{Timeline.Of(data)}\n");
        foreach (var finding in findings.Where(static finding => finding is { Judgement: Judgement.Illegal, Time: not null }))
            page.Append(CultureInfo.InvariantCulture, $"<h2>{finding.Checker}: {Timeline.Time(data.At(finding.Time!.Value))}</h2>\n<p>{Svg.Text(finding.Says)}</p>\n{Evidence.Of(data, finding.Time.Value)}\n");
        return page.Append("</html>\n").ToString();
    }

    private static string Summary(ReportData data)
    {
        var operations = data.Run.Operations;
        return string.Create(CultureInfo.InvariantCulture,
            $"{data.Hosts.Count()} hosts, {data.Seconds:F1} s, {operations.Count} operations ({operations.Count / data.Seconds:F0} a second): {operations.Count(static one => one.Outcome == Outcome.Ok)} acknowledged, "
            + $"{operations.Count(static one => one.Outcome == Outcome.Refused)} refused, {operations.Count(static one => one.Outcome == Outcome.Unknown)} unknown; {data.Faults().Count()} faults; {data.Revisions} revisions.");
    }
}
