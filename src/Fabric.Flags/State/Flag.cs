using Fabric.Flags.Definitions;

namespace Fabric.Flags.State;

/// <summary>A flag as the fabric holds it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Revision">The log index of the change set that last put it.</param>
/// <param name="Definition">What it says.</param>
public sealed record Flag(string Key, long Revision, FlagDefinition Definition);
