using Fabric.Flags;

namespace Fabric.Node.Api.Events;

/// <summary>The flags that a stream tells of: one, those whose keys begin alike, or all.</summary>
internal readonly record struct KeyFilter(string Text, bool IsPrefix)
{
    public bool All => IsPrefix && Text.Length == 0;

    public bool Admits(string key) => IsPrefix ? key.StartsWith(Text, StringComparison.Ordinal) : key == Text;

    public static KeyFilter Read(string? text, ICollection<Problem> problems)
    {
        var filter = text switch
        {
            null => new KeyFilter("", true),
            [.. var prefix, '*'] => new KeyFilter(prefix, true),
            _ => new KeyFilter(text, false),
        };
        if (!filter.All && FlagKey.WhyNot(filter.Text) is { } reason)
            problems.Add(new Problem("?keys", $"must be a flag's key or the beginning of keys with a * behind it: {reason}"));
        return filter;
    }
}
