using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>At every moment, hosts that came equally far had applied the same; a term has one leader, and no host's term goes back.</summary>
internal sealed class AgreementCheck : Checker
{
    public override string Name => "agreement";

    public override string Things => "answers of hosts about themselves";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var digests = new Dictionary<long, StatusSample>();
        var leaders = new Dictionary<long, StatusSample>();
        var newest = new Dictionary<string, StatusSample>(StringComparer.Ordinal);
        // A node that has just started knows no term yet.
        foreach (var sample in recorded.Run.Statuses.Where(static sample => sample is { Error: null, Term: > 0 }).OrderBy(static sample => sample.Time))
        {
            tally.Add();
            if (sample.Digest is not null && sample.DigestIndex > 0 && !digests.TryAdd(sample.DigestIndex, sample) && digests[sample.DigestIndex] is var other && other.Digest != sample.Digest)
                yield return new Wrong($"{sample.Host} and {other.Host} have applied something else up to index {sample.DigestIndex}: {sample.Digest} and {other.Digest}", sample.Time);
            if (sample.Role == "leader" && !leaders.TryAdd(sample.Term, sample) && leaders[sample.Term].Host != sample.Host)
                yield return new Wrong($"{leaders[sample.Term].Host} and {sample.Host} both led in term {sample.Term}", sample.Time);
            if (newest.GetValueOrDefault(sample.Host) is { } before)
            {
                if (sample.Term < before.Term && !Emptied(recorded.Run, sample.Host))
                    yield return new Wrong($"{sample.Host} went back from term {before.Term} to {sample.Term}", sample.Time);
                if (sample.Pid == before.Pid && sample.Applied < before.Applied)
                    yield return new Wrong($"{sample.Host} went back from revision {before.Applied} to {sample.Applied} while its process lived", sample.Time);
            }

            newest[sample.Host] = sample;
        }
    }

    /// <summary>A host whose folder was emptied knows nothing of its terms.</summary>
    private static bool Emptied(Run run, string host) =>
        run.Faults.Any(fault => fault.Fault.Contains("wipe", StringComparison.Ordinal) && fault.Hosts.Contains(host));
}
