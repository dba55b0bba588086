using System.Text.Json.Serialization;

namespace Fabric.Node.Feeding;

/// <summary>The messages of the feed that are JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HelloWire))]
[JsonSerializable(typeof(ProgressWire))]
[JsonSerializable(typeof(PulseWire))]
[JsonSerializable(typeof(RefusedWire))]
internal sealed partial class FeedJson : JsonSerializerContext;
