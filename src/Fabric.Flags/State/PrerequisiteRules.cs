using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.State;

/// <summary>
/// What holds between flags that need each other. Looks only at what a change set changed and at what depends on that; every
/// host finds the same, since all of it comes out of the log.
/// </summary>
/// <param name="before">The flags before the change set.</param>
/// <param name="after">The flags after it.</param>
/// <param name="index">Who needs whom after it.</param>
internal sealed class PrerequisiteRules(IReadOnlyDictionary<string, Flag> before, IReadOnlyDictionary<string, Flag> after, DependencyIndex index)
{
    private const int LongestName = 64;

    /// <summary>The first change that breaks a rule, and which; null when all of them hold.</summary>
    internal ChangeOutcome.Refused? Broken(ChangeSet changes)
    {
        foreach (var change in changes.Changes)
        {
            var (old, now) = (before.GetValueOrDefault(change.Key), after.GetValueOrDefault(change.Key));
            if ((Missing(now) ?? Bereft(change.Key, old, now) ?? TooFar(change.Key, old, now)) is { } reason)
                return new ChangeOutcome.Refused(change.Key, reason);
        }

        return null;
    }

    /// <summary>What a flag needs must be there.</summary>
    private string? Missing(Flag? flag) =>
        flag?.Definition.Prerequisites.Select(Unmet).FirstOrDefault(static reason => reason is not null);

    private string? Unmet(Prerequisite needed)
    {
        if (!after.TryGetValue(needed.Flag, out var flag))
            return $"it needs the flag \"{needed.Flag}\", which does not exist";
        return Has(flag, needed.Variant) ? null : $"it needs the variant {Quoted(needed.Variant)} of the flag \"{needed.Flag}\", which has no such variant";
    }

    /// <summary>What other flags need must stay.</summary>
    private string? Bereft(string key, Flag? old, Flag? now)
    {
        if (old is null || now is not null && old.Definition.Variants.All(variant => Has(now, variant.Name)))
            return null;
        foreach (var dependent in index.DependentsOf(key))
        {
            var needed = after[dependent].Definition.Prerequisites.First(needed => needed.Flag == key);
            if (now is null || !Has(now, needed.Variant))
                return $"the flag \"{dependent}\" needs its variant {Quoted(needed.Variant)}";
        }

        return null;
    }

    /// <summary>No circle, and no more flags for one answer than an evaluator asks.</summary>
    private string? TooFar(string key, Flag? old, Flag? now)
    {
        if (now is null || now.Definition.Prerequisites.IsEmpty
            || old is not null && old.Definition.Prerequisites.SequenceEqual(now.Definition.Prerequisites))
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal) { key };
        var open = new Queue<string>([key]);
        while (open.TryDequeue(out var root))
        {
            var evaluations = 0;
            if (Walk(root, [], ref evaluations) is { } reason)
                return reason;
            foreach (var dependent in index.DependentsOf(root).Where(seen.Add))
                open.Enqueue(dependent);
        }

        return null;
    }

    /// <summary>Asks as an evaluator does at worst: every prerequisite of every flag, as often as it is met.</summary>
    private string? Walk(string key, List<string> path, ref int evaluations)
    {
        path.Add(key);
        if (path.IndexOf(key) is var first && first < path.Count - 1)
            return $"its prerequisites lead in a circle: {string.Join(" -> ", path.Skip(first).Select(static step => $"\"{step}\""))}";
        if (path.Count > Limits.PrerequisiteDepth)
            return $"the prerequisites of \"{path[0]}\" are more than {Limits.PrerequisiteDepth} levels deep: {string.Join(" -> ", path.Select(static step => $"\"{step}\""))}";
        if (++evaluations > Limits.PrerequisiteEvaluations)
            return $"with its prerequisites, an answer of \"{path[0]}\" asks more than {Limits.PrerequisiteEvaluations} flags";
        if (after.TryGetValue(key, out var flag))
        {
            foreach (var needed in flag.Definition.Prerequisites)
            {
                if (Walk(needed.Flag, path, ref evaluations) is { } reason)
                    return reason;
            }
        }

        path.RemoveAt(path.Count - 1);
        return null;
    }

    /// <summary>A name may be as long as a definition; the log's ledger keeps the reason.</summary>
    private static string Quoted(string variant)
    {
        if (variant.Length <= LongestName)
            return $"\"{variant}\"";
        return $"\"{variant[..(char.IsHighSurrogate(variant[LongestName - 1]) ? LongestName - 1 : LongestName)]}…\"";
    }

    private static bool Has(Flag flag, string variant) => DefinitionParser.IndexOf(flag.Definition.Variants, variant) >= 0;
}
