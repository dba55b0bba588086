namespace Fabric.Cluster.Tests.Harness;

/// <summary>What ./build.sh has built.</summary>
internal static class Dist
{
    internal static string Root { get; } = FindRoot();

    internal static string Fabric => Existing(Path.Combine(Root, "dist", "fabric"));

    internal static string Native(string name) => Existing(Path.Combine(Root, "tests", "native", "out", name));

    private static string Existing(string path) => File.Exists(path)
        ? path
        : throw new FileNotFoundException($"{path} is missing: ./test.sh builds it");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fabric.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run inside the repository");
        return folder;
    }
}
