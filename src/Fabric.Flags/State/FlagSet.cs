using System.Collections.Immutable;
using Fabric.Flags.Changes;

namespace Fabric.Flags.State;

/// <summary>All flags after one entry of the log: immutable, so any number of readers may hold one.</summary>
public sealed class FlagSet
{
    private readonly DependencyIndex _dependencies;

    private FlagSet(long revision, ImmutableSortedDictionary<string, Flag> flags, long definitionBytes, DependencyIndex dependencies)
    {
        _dependencies = dependencies;
        Revision = revision;
        Flags = flags;
        DefinitionBytes = definitionBytes;
    }

    /// <summary>No flags, before the first entry.</summary>
    public static FlagSet Empty { get; } = new(0, ImmutableSortedDictionary.Create<string, Flag>(StringComparer.Ordinal), 0, DependencyIndex.Empty);

    /// <summary>The log index of the last change set in it.</summary>
    public long Revision { get; }

    /// <summary>The flags by key, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, Flag> Flags { get; }

    /// <summary>Bytes of all definitions together.</summary>
    public long DefinitionBytes { get; }

    /// <summary>A set read back from a snapshot.</summary>
    public static FlagSet Restore(long revision, IEnumerable<Flag> flags)
    {
        var map = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal, flags.Select(static flag => KeyValuePair.Create(flag.Key, flag)));
        return new FlagSet(revision, map, map.Values.Sum(static flag => (long)flag.Definition.Json.Length), DependencyIndex.Of(map.Values));
    }

    /// <summary>
    /// What <paramref name="changes"/> would do at <paramref name="revision"/>: the next set and
    /// <see cref="ChangeOutcome.Applied"/>, or this very set and the reason why nothing was changed.
    /// </summary>
    public (FlagSet Next, ChangeOutcome Outcome) Apply(long revision, ChangeSet changes, int capacity = Limits.DefaultCapacity)
    {
        var flags = Flags.ToBuilder();
        var bytes = DefinitionBytes;
        var dependencies = _dependencies;
        foreach (var change in changes.Changes)
        {
            var current = Flags.GetValueOrDefault(change.Key);
            if (change.IfRevision is { } wanted && wanted != (current?.Revision ?? 0))
                return (this, new ChangeOutcome.Conflict(change.Key, current?.Revision ?? 0));

            bytes -= current?.Definition.Json.Length ?? 0;
            switch (change)
            {
                case Change.Put put:
                    bytes += put.Definition.Json.Length;
                    flags[put.Key] = new Flag(put.Key, revision, put.Definition);
                    break;
                case Change.Delete when current is null:
                    return (this, new ChangeOutcome.NotFound(change.Key));
                case Change.Delete:
                    flags.Remove(change.Key);
                    break;
            }

            dependencies = dependencies.With(change.Key, current, flags.GetValueOrDefault(change.Key));
        }

        // A set that only removes or shrinks passes even when a bound was lowered below what is there already.
        if (flags.Count > capacity && flags.Count > Flags.Count)
            return (this, new ChangeOutcome.Full($"the fabric holds at most {capacity} flags"));
        if (bytes > Limits.StateBytes && bytes > DefinitionBytes)
            return (this, new ChangeOutcome.Full($"all definitions together have at most {Limits.StateBytes} bytes"));
        var next = flags.ToImmutable();
        return new PrerequisiteRules(Flags, next, dependencies).Broken(changes) is { } refused
            ? (this, refused)
            : (new FlagSet(revision, next, bytes, dependencies), new ChangeOutcome.Applied(revision));
    }
}
