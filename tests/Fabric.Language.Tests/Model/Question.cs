using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>Why an answer is what it is, by the names of the document.</summary>
internal enum Reason
{
    NotFound = 0,
    Static = 1,
    TargetingMatch = 2,
    Default = 3,
    Disabled = 4,
    Error = 5,
    Split = 6,
    Stale = 7,
}

/// <summary>Where and when a flag is asked, and by whom.</summary>
/// <param name="TargetingKey">Null for none.</param>
/// <param name="Attributes">A JSON object.</param>
/// <param name="UnixNanoseconds">The time.</param>
/// <param name="SilenceNanoseconds">Since the last contact.</param>
internal sealed record Caller(string? TargetingKey, JsonElement Attributes, long UnixNanoseconds, long SilenceNanoseconds);

/// <summary>The host that is asked.</summary>
internal sealed record Host(string Name, IReadOnlyDictionary<string, string> Labels);

/// <summary>What is answered: a variant's name, or null for the program's own default.</summary>
internal sealed record Answer(string? Variant, Reason Reason);
