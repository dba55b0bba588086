using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Raft.Commands;

/// <summary>Definitions that come out of the log or a snapshot, where whoever wrote them has judged them already.</summary>
internal static class StoredDefinition
{
    /// <summary>
    /// Reads one that was accepted when it was written. Should today's rules refuse it, it is kept byte for byte but answers
    /// nothing, so that programs run their own default: an entry that others have applied must not stop this host.
    /// </summary>
    public static FlagDefinition Read(byte[] json)
    {
        var parsed = TryParse(json);
        return parsed is null
            ? new FlagDefinition(json, FlagState.Disabled, FlagType.Boolean, [], null, null)
            : parsed with { Json = json };
    }

    private static FlagDefinition? TryParse(byte[] json)
    {
        try
        {
            return DefinitionParser.Parse(json).Definition;
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }
}
