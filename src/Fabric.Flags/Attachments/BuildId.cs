namespace Fabric.Flags.Attachments;

/// <summary>The id that a linker gives a file, as Fabric writes it: hexadecimal digits in lower case.</summary>
public static class BuildId
{
    /// <summary>Digits of the shortest.</summary>
    public const int Shortest = 8;

    /// <summary>Digits of the longest.</summary>
    public const int Longest = 64;

    /// <summary>What all of them look like, as the rest of a sentence.</summary>
    public static string Form { get; } = $"{Shortest} to {Longest} hexadecimal digits in lower case, two for each byte";

    /// <summary>Whether a text is one.</summary>
    public static bool IsValid(string text) => text.Length is >= Shortest and <= Longest && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>What forbids a list of them, each at its place; empty for a sound one.</summary>
    /// <param name="ids">The list.</param>
    /// <param name="place">Where the list stands.</param>
    public static IEnumerable<Problem> Problems(IReadOnlyList<string> ids, string place)
    {
        if (ids.Count > Limits.BuildIds)
            yield return new Problem(place, $"there are {ids.Count} build-ids, and {Limits.BuildIds} is the most there can be");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Count; i++)
        {
            if (!IsValid(ids[i]))
                yield return new Problem($"{place}/{i}", $"a build-id has {Form}");
            else if (!seen.Add(ids[i]))
                yield return new Problem($"{place}/{i}", $"\"{ids[i]}\" stands there twice");
        }
    }
}
