namespace Fabric.Language.Tests.Model;

/// <summary>The operators that every door evaluates.</summary>
internal static class Operators
{
    internal static IReadOnlyList<string> All { get; } =
    [
        "if", "and", "or", "!", "!!", "===", "!==", "==", "!=", "<", "<=", ">", ">=", "in", "var", "missing", "starts_with", "ends_with", "sem_ver", "fractional", "cat",
        "+", "-", "*", "/", "%",
    ];
}
