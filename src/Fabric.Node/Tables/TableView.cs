using Fabric.Bpf.Table;

namespace Fabric.Node.Tables;

/// <summary>The table as its readers see it.</summary>
/// <param name="Path">Where programs find it.</param>
/// <param name="Kind">What holds its bytes.</param>
/// <param name="WhyFile">Why it is a file; null where it is a BPF array.</param>
/// <param name="Revision">The change set that readers see.</param>
/// <param name="Digest">A digest of its bytes.</param>
internal sealed record TableView(string Path, TableKind Kind, long Revision, ulong Digest, string? WhyFile);
