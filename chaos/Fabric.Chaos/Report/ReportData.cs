using Fabric.Chaos.Model;
using Fabric.Chaos.Validate;

namespace Fabric.Chaos.Report;

/// <summary>What the report draws, in seconds since the first thing that was recorded.</summary>
internal sealed class ReportData
{
    private readonly long _origin;

    public ReportData(Run run, IReadOnlyList<Finding> findings)
    {
        Run = run;
        Findings = findings;
        long[] times =
        [
            .. run.Operations.Select(static one => one.Began), .. run.Statuses.Select(static one => one.Time), .. run.Faults.Select(static one => one.Time),
            .. run.Subscribers.SelectMany(static one => one.Lines).Select(static line => line.Time),
            .. run.Programs.SelectMany(static one => one.Samples).Select(static sample => sample.Time),
            .. run.Operations.Where(static one => one.Outcome != Outcome.Unknown).Select(static one => one.Ended),
        ];
        _origin = times.DefaultIfEmpty().Min();
        Seconds = Math.Max(1, At(times.DefaultIfEmpty().Max()));
        Revisions = run.Finals.Select(static final => final.Revision).Concat(run.Programs.SelectMany(static one => one.Samples).Select(static sample => sample.Revision)).Append(1).Max();
    }

    public Run Run { get; }

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How long the run was.</summary>
    public double Seconds { get; }

    /// <summary>The last revision.</summary>
    public long Revisions { get; }

    public IEnumerable<string> Hosts => Run.Hosts.Select(static host => host.Name);

    public double At(long time) => (time - _origin) / 1e9;

    /// <summary>Faults with their ends; one that does not end lasts until the run does.</summary>
    public IEnumerable<(FaultMark Fault, double From, double To)> Faults()
    {
        var open = new List<FaultMark>();
        foreach (var mark in Run.Faults.OrderBy(static mark => mark.Time))
        {
            if (mark.Begins)
            {
                open.Add(mark);
                continue;
            }

            var began = open.FindIndex(one => one.Fault == mark.Fault && one.Hosts.SequenceEqual(mark.Hosts));
            began = began >= 0 ? began : open.FindIndex(one => one.Fault == mark.Fault);
            if (began < 0)
                continue;
            yield return (open[began], At(open[began].Time), At(mark.Time));
            open.RemoveAt(began);
        }

        foreach (var mark in open)
            yield return (mark, At(mark.Time), Seconds);
    }

    /// <summary>Times in which a host said that it led, and in which term.</summary>
    public IEnumerable<(double From, double To, long Term)> Leading(string host)
    {
        (double From, double To, long Term)? now = null;
        foreach (var sample in Run.Statuses.Where(sample => sample.Host == host))
        {
            var at = At(sample.Time);
            if (now is { } one && (sample.Role != "leader" || sample.Term != one.Term))
            {
                yield return one;
                now = null;
            }

            if (sample.Role == "leader")
                now = now is { } still ? still with { To = at } : (at, at, sample.Term);
        }

        if (now is { } last)
            yield return last;
    }

    /// <summary>Times in which a host did not answer.</summary>
    public IEnumerable<(double From, double To)> Silent(string host)
    {
        double? since = null;
        foreach (var sample in Run.Statuses.Where(sample => sample.Host == host))
        {
            if (sample.Error is not null)
            {
                since ??= At(sample.Time);
            }
            else if (since is { } from)
            {
                yield return (from, At(sample.Time));
                since = null;
            }
        }

        if (since is { } open)
            yield return (open, Seconds);
    }
}
