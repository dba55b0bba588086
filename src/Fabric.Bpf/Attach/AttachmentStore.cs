using System.Text.Json;
using System.Text.Json.Serialization;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>The node's list of attachments cannot be read or written.</summary>
public sealed class AttachmentsUnusableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What is to be attached, kept in the node's data folder so that a restart attaches it again.</summary>
internal sealed class AttachmentStore(string folder)
{
    /// <summary>Attachments of one node at most.</summary>
    internal const int MaxAttachments = 1024;

    private const long MaxBytes = 16 << 20;

    private readonly string _path = Path.Combine(folder, "attachments.json");

    /// <summary>All that was saved last; empty where nothing ever was.</summary>
    /// <exception cref="AttachmentsUnusableException">What is there cannot be understood.</exception>
    internal IReadOnlyList<AttachmentRequest> Read()
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists)
                return [];
            if (file.Length > MaxBytes)
                throw new JsonException($"it has more than {MaxBytes} bytes");
            var saved = JsonSerializer.Deserialize(File.ReadAllBytes(_path), AttachmentJson.Default.SavedAttachments);
            return saved?.Attachments is { } attachments && attachments.All(static one => one is { Exe: not null, Symbol: not null })
                ? attachments
                : throw new JsonException("it does not hold attachments");
        }
        catch (Exception unusable) when (unusable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AttachmentsUnusableException(
                $"cannot read {_path}: {unusable.Message}; move it away to start without attachments", unusable);
        }
    }

    /// <exception cref="AttachmentsUnusableException">They could not be saved; what was saved before still is.</exception>
    internal void Save(IEnumerable<AttachmentRequest> attachments)
    {
        try
        {
            Directory.CreateDirectory(folder);
            DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(new SavedAttachments([.. attachments]), AttachmentJson.Default.SavedAttachments));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new AttachmentsUnusableException($"cannot save the attachments: {unusable.Message}", unusable);
        }
    }
}

/// <summary>The file's content.</summary>
internal sealed record SavedAttachments(IReadOnlyList<AttachmentRequest> Attachments);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SavedAttachments))]
internal sealed partial class AttachmentJson : JsonSerializerContext;
