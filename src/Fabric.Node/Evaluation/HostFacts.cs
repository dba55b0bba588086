using System.Collections.Immutable;

namespace Fabric.Node.Evaluation;

/// <summary>What rules can ask of the host that answers.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record HostFacts(string Name, ImmutableSortedDictionary<string, string> Labels);
