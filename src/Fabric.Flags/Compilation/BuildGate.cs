using System.Collections.Immutable;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Compilation;

/// <summary>
/// Keeps flags with <c>requiresBuild</c> from hosts that have attached to no such build. It is folded in as the table is
/// written, as facts of the host are, and so costs a call nothing.
/// </summary>
public static class BuildGate
{
    /// <summary>Whether the flag answers on this host at all.</summary>
    /// <param name="definition">What the flag says.</param>
    /// <param name="attached">Build-ids of the files that the host has attached to; null while that is not known.</param>
    public static bool IsOpen(FlagDefinition definition, ImmutableSortedSet<string>? attached) =>
        definition.RequiresBuild.IsEmpty || attached is not null && definition.RequiresBuild.Any(attached.Contains);

    /// <summary>The definition as the host has it: where the gate is closed, one that leaves every program its own default.</summary>
    public static FlagDefinition Fold(FlagDefinition definition, ImmutableSortedSet<string>? attached) => IsOpen(definition, attached)
        ? definition
        : definition with
        {
            Targeting = null,
            Rollout = null,
            DefaultVariant = null,
            ActivateAt = null,
            OffVariant = null,
            Prerequisites = [],
            Ramp = null,
            Staleness = null,
            HttpOnlyBecause = null,
        };

    /// <summary>Flags that may answer otherwise since other builds are attached.</summary>
    public static IEnumerable<string> Concerned(
        IEnumerable<State.Flag> flags, ImmutableSortedSet<string>? before, ImmutableSortedSet<string> after) => flags
            .Where(flag => !flag.Definition.RequiresBuild.IsEmpty
                && (before is null || IsOpen(flag.Definition, before) != IsOpen(flag.Definition, after)))
            .Select(static flag => flag.Key);
}
