using System.Text.Json.Serialization;

namespace Fabric.Node.Vitals;

/// <summary>What voters tell each other every second.</summary>
/// <param name="Name">Who says it.</param>
/// <param name="Index">How far it has applied the log.</param>
/// <param name="Digest">The rolling digest there, as 16 hexadecimal digits.</param>
/// <param name="DigestAt">The digest at the index that was asked for; null where it has not come there yet or does not know it any more.</param>
/// <param name="Table">The table's digest while nothing changes; null while something does.</param>
/// <param name="DiskLow">The disk of its log is nearly full.</param>
internal sealed record VitalsWire(string Name, long Index, string Digest, string? DigestAt, string? Table, bool DiskLow);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VitalsWire))]
internal sealed partial class VitalsJson : JsonSerializerContext;
