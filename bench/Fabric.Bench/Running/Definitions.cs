namespace Fabric.Bench.Running;

/// <summary>Definitions of flags, in the flag language.</summary>
internal static class Definitions
{
    /// <summary>On for everybody.</summary>
    internal const string On = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    /// <summary>Off for everybody.</summary>
    internal const string Off = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}""";

    /// <summary>On for a quarter of the callers.</summary>
    internal static string Rollout { get; } = Targeting("""{"fractional":[["on",25],["off",75]]}""");

    /// <summary>Off unless the targeting says otherwise.</summary>
    internal static string Targeting(string logic) => With(Off, $"\"targeting\":{logic}");

    /// <summary>On for the callers of whom the condition is true.</summary>
    internal static string If(string condition) => Targeting($$"""{"if":[{{condition}},"on","off"]}""");

    /// <summary>A definition with one field more.</summary>
    internal static string With(string definition, string field) => $"{definition[..^1]},{field}}}";
}
