using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Fabric.Flags.Attachments;

/// <summary>Names the pair of file and symbol: sixteen hexadecimal digits, the same on every host.</summary>
public static class AttachmentId
{
    // No flag's key holds a '/', so outcomes can name flags and attachments in one place.
    private const string Prefix = "/attachments/";

    /// <summary>The id of a function.</summary>
    /// <param name="exe">Path of its executable or library.</param>
    /// <param name="symbol">Its symbol.</param>
    public static string Of(string exe, string symbol)
    {
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(id, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{exe}\0{symbol}")));
        return Convert.ToHexStringLower(id);
    }

    /// <summary>Why <paramref name="id"/> names no attachment that there could be; null when it may.</summary>
    public static string? WhyNot(string id) =>
        id.Length == 16 && id.All(char.IsAsciiHexDigitLower) ? null : "an attachment's id has 16 hexadecimal digits in lower case";

    /// <summary>The attachment in the place of a flag's key, in a <see cref="Changes.ChangeOutcome"/>.</summary>
    public static string Subject(string id) => Prefix + id;

    /// <summary>The id that stands in the place of a flag's key; null where a flag's key does.</summary>
    public static string? FromSubject(string key) => key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : null;
}
