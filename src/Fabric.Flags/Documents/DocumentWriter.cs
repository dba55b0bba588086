using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fabric.Flags.State;

namespace Fabric.Flags.Documents;

/// <summary>Writes flags as one file in flagd's format, a line for each, so that two files can be compared line by line.</summary>
public static class DocumentWriter
{
    /// <summary>What says which format it is.</summary>
    public const string Schema = "https://flagd.dev/schema/v0/flags.json";

    /// <summary>Bytes that are gathered before they are passed on.</summary>
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Writes all flags, by key in ordinal order, with their definitions as they are stored.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="output">Takes the file in pieces, so that it is never in memory as a whole.</param>
    /// <param name="token">Ends the writing.</param>
    public static async Task WriteAsync(FlagSet flags, Stream output, CancellationToken token)
    {
        var chunk = new ArrayBufferWriter<byte>(ChunkBytes + Limits.DefinitionBytes);
        chunk.Write("{\n  \"$schema\": \""u8);
        chunk.Write(System.Text.Encoding.ASCII.GetBytes(Schema));
        chunk.Write("\",\n  \"flags\": {"u8);
        var first = true;
        foreach (var flag in flags.Flags.Values)
        {
            chunk.Write(first ? "\n    \""u8 : ",\n    \""u8);
            first = false;
            chunk.Write(JsonEncodedText.Encode(flag.Key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            chunk.Write("\": "u8);
            chunk.Write(flag.Definition.Json.Span);
            if (chunk.WrittenCount < ChunkBytes)
                continue;
            await output.WriteAsync(chunk.WrittenMemory, token);
            chunk.ResetWrittenCount();
        }

        chunk.Write(first ? "}\n}\n"u8 : "\n  }\n}\n"u8);
        await output.WriteAsync(chunk.WrittenMemory, token);
    }
}
