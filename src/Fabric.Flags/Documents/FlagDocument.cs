using System.Collections.Immutable;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Documents;

/// <summary>A file of flags in flagd's format, read.</summary>
/// <param name="Flags">Its flags, sound or not, in the order of the file; empty where <paramref name="Problems"/> are.</param>
/// <param name="Problems">What is wrong with the file as a whole, so that nothing in it can be trusted.</param>
public sealed record FlagDocument(ImmutableArray<DocumentFlag> Flags, ImmutableArray<Problem> Problems);

/// <summary>One flag of a file.</summary>
/// <param name="Key">Its key; empty where the file gives none.</param>
/// <param name="Place">JSON pointer to it in the file.</param>
/// <param name="Definition">What it says, with the file's shared rules and metadata in it; null where there are problems.</param>
/// <param name="Problems">Why it is no flag, with pointers into the file.</param>
/// <param name="Notes">What was done to it or is ignored in it, as sentences.</param>
public sealed record DocumentFlag(
    string Key, string Place, FlagDefinition? Definition, ImmutableArray<Problem> Problems, ImmutableArray<string> Notes);
