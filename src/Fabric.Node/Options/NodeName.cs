using System.Buffers;

namespace Fabric.Node.Options;

/// <summary>The rules for a node's name: it stands in paths, in log lines and in tables.</summary>
public static class NodeName
{
    /// <summary>Characters of a name.</summary>
    public const int MaxLength = 63;
    /// <summary>What a name may be, in words.</summary>
    public const string Range = "1 to 63 of the characters a-z, A-Z, 0-9, '-', '_' and '.', the first of them a letter or a digit";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Whether it can name a node.</summary>
    public static bool IsSound(string? name) =>
        name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Allowed);
}
