namespace Fabric.Flags.Targeting;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>Names this short are a letter away from words that mean something else.</summary>
    private const int ShortName = 5;

    /// <summary>The known name that <paramref name="name"/> is but for case or a slip of the finger or two; null for none.</summary>
    internal static string? Meant(string name, IEnumerable<string> known)
    {
        foreach (var candidate in known)
        {
            if (string.Equals(name, candidate, StringComparison.OrdinalIgnoreCase)
                || Distance(name, candidate) <= (candidate.Length <= ShortName ? 1 : 2))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>How many letters must be put in, left out or replaced.</summary>
    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > 2)
            return int.MaxValue;
        var row = new int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++)
            row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
