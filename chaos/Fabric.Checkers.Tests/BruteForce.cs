using Fabric.Chaos.History;

namespace Fabric.Checkers.Tests;

/// <summary>The definition itself: some order of the operations that keeps to real time and explains every answer. For few operations.</summary>
internal static class BruteForce
{
    public static bool Explains(IReadOnlyList<Operation> operations, int initial) => Search(operations, 0, initial);

    private static bool Search(IReadOnlyList<Operation> operations, int placed, int held)
    {
        // What may never have taken place need not.
        if (!Left(operations, placed).Any(static operation => operation.Ended != Operation.Never))
            return true;
        var earliestEnd = Left(operations, placed).Min(static operation => operation.Ended);
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            // Nothing comes before what had ended when it began.
            if ((placed & (1 << i)) != 0 || operation.Began > earliestEnd || !operation.Fits(held))
                continue;
            if (Search(operations, placed | (1 << i), operation.OnlyLooks ? held : operation.Value))
                return true;
        }

        return false;
    }

    private static IEnumerable<Operation> Left(IReadOnlyList<Operation> operations, int placed) =>
        operations.Where((_, i) => (placed & (1 << i)) == 0);
}
