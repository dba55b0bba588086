using System.Buffers;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Problems;
using Microsoft.Net.Http.Headers;

namespace Fabric.Node.Json;

/// <summary>A request's body: bounded, of the right type, strict JSON.</summary>
/// <param name="Utf8">It, as it was sent.</param>
/// <param name="Document">It, parsed.</param>
internal sealed record JsonBody(ReadOnlyMemory<byte> Utf8, JsonDocument Document) : IDisposable
{
    public const string Json = "application/json";
    public const string MergePatchJson = "application/merge-patch+json";

    // A definition may stand inside a change set, which adds levels of its own.
    private const int OuterDepth = 6;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Limits.JsonDepth + OuterDepth };

    /// <summary>The body, or null with the reason: in <paramref name="problems"/>, or as a refusal of its own.</summary>
    public static async Task<(JsonBody? Body, Refusal? Refusal)> ReadAsync(
        HttpContext http, int limit, ICollection<Problem> problems, params string[] types)
    {
        var (bytes, unread) = await ReadUtf8Async(http, limit, types);
        if (bytes is null)
            return (null, unread);
        var (document, problem) = Parse(bytes);
        if (problem is not null)
            problems.Add(problem);
        return (document is null ? null : new JsonBody(bytes, document), null);
    }

    /// <summary>The body as it was sent, of one of these types and not parsed; exactly one of the two results is set.</summary>
    public static async Task<(byte[]? Utf8, Refusal? Refusal)> ReadUtf8Async(HttpContext http, int limit, params string[] types)
    {
        if (WrongType(http.Request, types) is { } refusal)
            return (null, refusal);
        return http.Request.ContentLength > limit ? (null, Refusals.TooLarge(limit)) : await ReadBytesAsync(http, limit);
    }

    public void Dispose() => Document.Dispose();

    /// <summary>Parses a whole body; exactly one of the two results is set.</summary>
    public static (JsonDocument? Document, Problem? Problem) Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length == 0)
            return (null, new Problem("", "the body is empty"));
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
            return (null, new Problem("", "the body is not valid UTF-8"));
        try
        {
            // The element would fail late, at the first use of a string with half of a surrogate pair in it.
            if (HasBrokenString(utf8.Span))
                return (null, new Problem("", "not valid JSON: a string has half of a surrogate pair"));
            return (JsonDocument.Parse(utf8, Strict), null);
        }
        catch (JsonException broken)
        {
            return (null, new Problem("", $"not valid JSON: {broken.Message}"));
        }
    }

    private static bool HasBrokenString(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped)
                continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }

        return false;
    }

    private static Refusal? WrongType(HttpRequest request, string[] types)
    {
        // A missing type is refused too: a page of another site can make a browser send that without being asked.
        var known = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!known)
            return Refusals.WrongType(request.ContentType, types);
        return request.Headers.ContentEncoding is [{ Length: > 0 } encoding] && encoding != "identity" ? Refusals.Encoded(encoding) : null;
    }

    private static async Task<(byte[]? Bytes, Refusal? Refusal)> ReadBytesAsync(HttpContext http, int limit)
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(http.Request.ContentLength ?? 4096, limit) + 1);
        try
        {
            while (true)
            {
                var read = await http.Request.Body.ReadAsync(buffer.GetMemory(4096), http.RequestAborted);
                if (read == 0)
                    return (buffer.WrittenSpan.ToArray(), null);
                buffer.Advance(read);
                if (buffer.WrittenCount > limit)
                    return (null, Refusals.TooLarge(limit));
            }
        }
        catch (BadHttpRequestException bad)
        {
            return (null, bad.StatusCode switch
            {
                413 => Refusals.TooLarge(limit),
                408 => Refusals.BodyTimeout(),
                _ => Refusals.Malformed(bad.Message),
            });
        }
    }
}
