using System.Diagnostics;
using Fabric.Tests.Shared;

namespace Fabric.Tidy.Tests;

/// <summary>The files of the repository, as git lists them.</summary>
internal static class Sources
{
    internal static string Root => RepositoryRoot.Path;

    internal static IReadOnlyList<string> All { get; } = List();

    internal static IEnumerable<string> Of(string folder, params string[] endings) =>
        All.Where(path => path.StartsWith(folder, StringComparison.Ordinal) && endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>The lines of a file with their numbers.</summary>
    internal static IEnumerable<(int Number, string Text)> Lines(string path) =>
        File.ReadLines(Path.Combine(Root, path)).Select(static (text, index) => (index + 1, text));

    private static string[] List()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            RedirectStandardOutput = true,
        })!;
        var paths = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. paths.Where(static path => File.Exists(Path.Combine(Root, path)))];
    }
}
