using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate;

/// <summary>Which life of its process a host was in, told by the process ids that its status named.</summary>
internal sealed class Lives
{
    private readonly Dictionary<string, List<(long LastOfOld, long FirstOfNew)>> _changes = new(StringComparer.Ordinal);

    public Lives(IEnumerable<StatusSample> statuses)
    {
        foreach (var host in statuses.Where(static sample => sample.Pid is not null).GroupBy(static sample => sample.Host))
        {
            var changes = _changes[host.Key] = [];
            StatusSample? before = null;
            foreach (var sample in host.OrderBy(static sample => sample.Time))
            {
                if (before is not null && before.Pid != sample.Pid)
                    changes.Add((before.Time, sample.Time));
                before = sample;
            }
        }
    }

    /// <summary>The number of the life that lasted from one time to another; null where it cannot be told, or where it was none.</summary>
    public int? During(string host, long from, long to)
    {
        var life = 0;
        foreach (var (lastOfOld, firstOfNew) in _changes.GetValueOrDefault(host) ?? [])
        {
            if (firstOfNew <= from)
                life++;
            else if (lastOfOld < to)
                return null;
        }

        return life;
    }
}
