using Fabric.Flags.Definitions;

namespace Fabric.Flags.Compilation;

/// <summary>Makes programs of rules.</summary>
public static class Compiler
{
    /// <summary>The program of a definition's rule, or the reason why there is none. Without a rule, a program that decides nothing.</summary>
    /// <param name="definition">What the flag says.</param>
    /// <param name="flagKey">The flag's key.</param>
    /// <param name="facts">The host that the program is for.</param>
    public static Compilation Compile(FlagDefinition definition, string flagKey, HostFacts facts) =>
        definition.HttpOnlyBecause is { } because ? new Compilation(null, because) : new ExpressionCompiler(definition, flagKey, facts).Run();

    /// <summary>
    /// Why no door but HTTP evaluates a definition; null where all do. Judged before it is known which host and which flag
    /// it will be, so that every host judges alike.
    /// </summary>
    internal static string? WhyHttpOnly(FlagDefinition definition)
    {
        foreach (var variant in definition.Variants)
        {
            if (variant.Name.Contains('\0') || definition.Type == FlagType.String && variant.Text().Contains('\0'))
                return $"/variants: \"{variant.Name.Replace("\0", "\\u0000", StringComparison.Ordinal)}\" holds the character U+0000, which a C program cannot be given";
        }

        if (definition.Targeting is null || definition.Rollout is not null)
            return null;
        var (program, because) = new ExpressionCompiler(definition, null, null).Run();
        if (program is null)
            return because;
        var bytes = BlockSize.AtMost(definition, program);
        return bytes > Limits.BlockBytes
            ? $"/targeting: compiled, it has up to {bytes} bytes, and {Limits.BlockBytes} are evaluated outside of HTTP"
            : null;
    }
}
