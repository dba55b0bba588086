using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>When all is over, every host has the same flags, state and table, and they are what the log comes to.</summary>
internal sealed class FinalCheck : Checker
{
    public override string Name => "final";

    public override string Things => "hosts, equal at the end";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var finals = recorded.Run.Finals;
        foreach (var host in recorded.Run.Hosts.Where(host => finals.All(final => final.Host != host.Name)))
            yield return new Wrong($"nobody asked {host.Name} at the end", Undecided: true);
        foreach (var final in finals)
        {
            tally.Add();
            var first = finals[0];
            if (final.Revision != first.Revision)
                yield return new Wrong($"{final.Host} came to revision {final.Revision}, {first.Host} to {first.Revision}");
            if (final.StateDigest != first.StateDigest)
                yield return new Wrong($"{final.Host} has the state {final.StateDigest}, {first.Host} {first.StateDigest}");
            if (final.TableDigest != first.TableDigest)
                yield return new Wrong($"{final.Host} has the table {final.TableDigest}, {first.Host} {first.TableDigest}");
            if (final.TableRevision is { } table && table < recorded.Log.Sets.Select(static set => set.Revision).LastOrDefault())
                yield return new Wrong($"the table of {final.Host} is at revision {table}, the log at {recorded.Log.Until}");
            if (Flags(recorded.Log, final) is { } wrong)
                yield return new Wrong(wrong);
        }
    }

    private static string? Flags(ChangeLog log, FinalHost final)
    {
        var flags = final.Flags.ToDictionary(static flag => flag.Key, StringComparer.Ordinal);
        foreach (var key in log.Keys)
        {
            var version = log.VersionAt(key, final.Revision);
            var flag = flags.GetValueOrDefault(key);
            if (flag?.Value != version.Value || (flag is not null && flag.Revision != version.FlagRevision))
                return $"{final.Host} has {Case.Say(flag?.Value)} of revision {flag?.Revision ?? 0} for {key}, the log {Case.Say(version.Value)} since {version.Since}";
        }

        return flags.Keys.FirstOrDefault(key => log.Since == 0 && log.VersionAt(key, final.Revision).Value is null) is { } extra
            ? $"{final.Host} has the flag {extra}, which nobody put" : null;
    }
}
