using System.Text;
using Fabric.Flags;
using Fabric.Flags.Definitions;

namespace Fabric.Bpf.Usage;

/// <summary>
/// What tells lists of variants apart. Calls are counted by a variant's place in its flag's list, and a list may change
/// while they are counted: each count says by this which list it is of.
/// </summary>
public static class VariantList
{
    /// <summary>A number for the names in their order, never 0.</summary>
    public static uint Of(FlagDefinition definition)
    {
        // With their lengths, so that different lists have different texts, whatever is in a name.
        var names = string.Concat(definition.Variants.Select(static variant => $"{variant.Name.Length}:{variant.Name}"));
        return (uint)TextHash.Of(Encoding.UTF8.GetBytes(names)) | 1;
    }
}
