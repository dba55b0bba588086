using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fabric.Node.Api.Attachments;
using Fabric.Node.Api.Changes;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Api.Explain;
using Fabric.Node.Api.Flags;
using Fabric.Node.Api.Health;
using Fabric.Node.Api.History;
using Fabric.Node.Api.Import;
using Fabric.Node.Api.NodeStatus;
using Fabric.Node.Api.Usage;
using Fabric.Node.Forwarding;
using Fabric.Node.Membership;
using Fabric.Node.Ofrep;
using Fabric.Node.Problems;

namespace Fabric.Node.Json;

/// <summary>The shapes, set to write text as people read it: quotes in sentences and letters of any script stay what they are.</summary>
internal static class ApiJson
{
    public static readonly FabricJson Full = new(Plain(FabricJson.Default.Options));
    public static readonly SparseJson Sparse = new(Plain(SparseJson.Default.Options));

    private static JsonSerializerOptions Plain(JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>Every shape of the API, so that nothing is serialized by reflection and the executable may be trimmed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FlagBody))]
[JsonSerializable(typeof(FlagListBody))]
[JsonSerializable(typeof(DeletedBody))]
[JsonSerializable(typeof(HistoryBody))]
[JsonSerializable(typeof(PastSetBody))]
[JsonSerializable(typeof(FlagHistoryBody))]
[JsonSerializable(typeof(FlagChangeBody))]
[JsonSerializable(typeof(DiffBody))]
[JsonSerializable(typeof(RollbackBody))]
[JsonSerializable(typeof(NodeBody))]
[JsonSerializable(typeof(ClusterBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(AttachmentBody))]
[JsonSerializable(typeof(AttachmentListBody))]
[JsonSerializable(typeof(AttachmentRequestBody))]
[JsonSerializable(typeof(UsageBody))]
[JsonSerializable(typeof(WithdrawnBody))]
[JsonSerializable(typeof(BuildListBody))]
[JsonSerializable(typeof(HostChangedBody))]
[JsonSerializable(typeof(LeaderChangedBody))]
[JsonSerializable(typeof(OutcomeWire))]
[JsonSerializable(typeof(ReadIndexWire))]
internal sealed partial class FabricJson : JsonSerializerContext;

/// <summary>Shapes whose absent members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ChangesBody))]
[JsonSerializable(typeof(ForwardedBody))]
[JsonSerializable(typeof(RevisionBody))]
[JsonSerializable(typeof(FlagRollbackRequestBody))]
[JsonSerializable(typeof(RollbackRequestBody))]
[JsonSerializable(typeof(ImportReportBody))]
[JsonSerializable(typeof(ExplanationBody))]
[JsonSerializable(typeof(ExplainRequestBody))]
[JsonSerializable(typeof(OfrepRequestBody))]
[JsonSerializable(typeof(OfrepFlagBody))]
[JsonSerializable(typeof(OfrepBulkBody))]
[JsonSerializable(typeof(OfrepErrorBody))]
internal sealed partial class SparseJson : JsonSerializerContext;
