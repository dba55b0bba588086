using System.Collections.Immutable;
using System.Text.Json;

namespace Fabric.Language.Tests;

/// <summary>What a host knows of itself.</summary>
internal sealed record Host(string Name, ImmutableSortedDictionary<string, string> Labels)
{
    /// <summary>Build-ids that it has attached to.</summary>
    internal ImmutableSortedSet<string> Builds { get; init; } = [];

    internal static Host Plain { get; } = new("a", ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal));
}

/// <summary>What a door can see of the program that asks; null where it sees nothing.</summary>
internal sealed record ProcessFacts(string? Exe, long? Uid, string? Comm, string? Cgroup)
{
    internal static ProcessFacts None { get; } = new(null, null, null, null);
}

/// <summary>All flags of a fabric, on one host.</summary>
/// <param name="Flags">Definitions, as they are written, by key.</param>
/// <param name="Host">The host.</param>
internal sealed record World(ImmutableSortedDictionary<string, JsonElement> Flags, Host Host)
{
    internal static World Of(Host host, params IEnumerable<(string Key, string Definition)> flags) => new(
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, flags.Select(static flag => KeyValuePair.Create(flag.Key, JsonElement.Parse(flag.Definition)))),
        host);
}

/// <summary>When a question is put.</summary>
/// <param name="UnixNanoseconds">The host's clock.</param>
/// <param name="SilenceNanoseconds">Since the host's last contact with the fabric.</param>
internal readonly record struct Moment(ulong UnixNanoseconds, ulong SilenceNanoseconds = 0);

/// <summary>Who asks for what, and when.</summary>
/// <param name="Flag">The flag's key.</param>
/// <param name="TargetingKey">The caller's key; null for none.</param>
/// <param name="Attributes">What else is known of the caller: a JSON object. Whole numbers of up to 64 bits are exact, as in C.</param>
/// <param name="Moment">When.</param>
internal sealed record Question(string Flag, string? TargetingKey, JsonElement Attributes, Moment Moment);
