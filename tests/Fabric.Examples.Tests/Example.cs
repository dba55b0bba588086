using Fabric.Tests.Shared;

namespace Fabric.Examples.Tests;

/// <summary>How a program of examples/ is started.</summary>
/// <param name="Language">As its context calls it.</param>
/// <param name="Command">The program and what stands before its own arguments.</param>
internal sealed record Example(string Language, params string[] Command)
{
    /// <summary>Those that call the library.</summary>
    internal static IReadOnlyList<Example> Demos { get; } =
    [
        new("c", At("c/out/demo")),
        new("c++", At("cpp/out/demo")),
        new("rust", At("rust/out/demo")),
        new("go", At("go/out/demo")),
        new("java", "java", "-cp", At("java/out"), $"-Djava.library.path={At("java/out")}", "Demo"),
        new("python", "python3", At("python/demo.py")),
        new("node", "node", At("node/demo.js")),
        new("c#", At("csharp/bin/Release/net10.0/Demo")),
    ];

    /// <summary>Those with a function of their own, and its symbol: as developers build them, and alone in their file as the emulator runs them.</summary>
    internal static IReadOnlyList<(Example Example, string Symbol)> Overrides { get; } =
    [
        .. from language in new[] { "c", "cpp", "rust", "go" }
           from path in new[] { At($"{language}/out/override"), Path.Combine(RepositoryRoot.Path, "tests/vm/targets/out", $"override-{language}") }
           select (new Example(language, path), language == "go" ? "main.isFeatureEnabled" : "is_feature_enabled"),
    ];

    /// <summary>How its functions are called.</summary>
    internal string Abi => Language == "go" ? "go" : "c";

    private static string At(string path) => Path.Combine(RepositoryRoot.Path, "examples", path);
}
