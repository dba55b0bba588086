using System.Collections.Immutable;

namespace Fabric.Flags.Compilation;

/// <summary>What rules can ask of a host: the same for every program that runs on it, and so folded into its table.</summary>
public sealed class HostFacts
{
    /// <summary>Bytes of a label's value at most.</summary>
    public const int LabelBytes = 255;

    /// <param name="name">The node's name.</param>
    /// <param name="labels">What its operator says of it.</param>
    public HostFacts(string name, IEnumerable<KeyValuePair<string, string>>? labels = null)
    {
        Name = name;
        Labels = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, labels ?? []);
    }

    /// <summary><c>host.name</c></summary>
    public string Name { get; }

    /// <summary><c>host.labels.NAME</c></summary>
    public ImmutableSortedDictionary<string, string> Labels { get; }
}
