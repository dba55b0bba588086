using System.Text;

namespace Fabric.Flags;

/// <summary>The rules for a flag's key.</summary>
public static class FlagKey
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why <paramref name="key"/> cannot name a flag, or null when it can.</summary>
    public static string? WhyNot(string? key)
    {
        if (string.IsNullOrEmpty(key))
            return "a flag's key must not be empty";
        if (key.Any(char.IsControl))
            return "a flag's key must not contain control characters";
        if (key.Contains('/'))
            return "a flag's key must not contain '/', which separates the parts of an address";
        if (key is "." or "..")
            return "a flag's key must not be \".\" or \"..\", which an address takes as steps between folders";
        if (char.IsWhiteSpace(key[0]) || char.IsWhiteSpace(key[^1]))
            return "a flag's key must not begin or end with white space";
        try
        {
            var bytes = StrictUtf8.GetByteCount(key);
            return bytes > Limits.KeyBytes
                ? $"a flag's key has at most {Limits.KeyBytes} bytes of UTF-8, and this one has {bytes}"
                : null;
        }
        catch (EncoderFallbackException)
        {
            return "a flag's key must be valid Unicode: this one has half of a surrogate pair";
        }
    }
}
