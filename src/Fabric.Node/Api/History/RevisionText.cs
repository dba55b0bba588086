using System.Globalization;
using Fabric.Flags;

namespace Fabric.Node.Api.History;

/// <summary>Whole numbers in addresses.</summary>
internal static class RevisionText
{
    public static long Read(string place, string? text, ICollection<Problem> problems, long low = 0, long high = long.MaxValue - 1)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high)
            return number;
        problems.Add(new Problem(place, high < long.MaxValue - 1 ? $"must be a whole number from {low} to {high}" : "must be a revision: a whole number"));
        return low;
    }
}
