namespace Fabric.Node.Options;

/// <summary>One reason why a node cannot start with the options it was given.</summary>
/// <param name="Key">The option, as it is written on the command line or in the file.</param>
/// <param name="Value">What was given; null where it is missing.</param>
/// <param name="Range">What it may be.</param>
public sealed record OptionProblem(string Key, string? Value, string Range)
{
    public override string ToString() => Value is null ? $"{Key} is missing: {Range}" : $"{Key} is \"{Value}\": {Range}";
}
