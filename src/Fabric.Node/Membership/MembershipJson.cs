using System.Text.Json.Serialization;

namespace Fabric.Node.Membership;

/// <summary>What nodes tell each other about who belongs to the fabric.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HostChangesWire))]
[JsonSerializable(typeof(StandingWire))]
internal sealed partial class MembershipJson : JsonSerializerContext;
