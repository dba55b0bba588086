namespace Fabric.Tests.Shared;

/// <summary>The repository that the running tests are of.</summary>
internal static class RepositoryRoot
{
    internal static string Path { get; } = Find();

    /// <summary>A file of the repository that a build has made.</summary>
    internal static string Built(params ReadOnlySpan<string> parts)
    {
        var path = System.IO.Path.Combine([Path, .. parts]);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: ./test.sh builds it");
    }

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "Fabric.sln")))
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run inside the repository");
        return folder;
    }
}
