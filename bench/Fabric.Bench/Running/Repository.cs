namespace Fabric.Bench.Running;

/// <summary>Where the repository's built parts are.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Native(string name) => Path.Combine(Root, "bench", "native", "out", name);

    internal static string Dist(string name) => Path.Combine(Root, "dist", name);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fabric.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the benchmarks run inside the repository");
        return folder;
    }
}
