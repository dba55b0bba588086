using System.Text;

namespace Fabric.Bpf.Privileges;

/// <summary>
/// The runtime's door for debuggers and profilers: a socket by which any process of the same user loads code into this one. A
/// program that holds capabilities keeps it shut, or they would be every such process's, too.
/// </summary>
internal static class Debugging
{
    private const string Setting = "DOTNET_EnableDiagnostics=";

    private static readonly string[] Files = ["dotnet-diagnostic", "clr-debug-pipe"];

    /// <summary>The variables of a program whose door is shut; open where the operator has said so.</summary>
    internal static byte[] Shut(byte[] environment) => Encoding.UTF8.GetString(environment).Split('\0').Any(static variable => variable.StartsWith(Setting, StringComparison.Ordinal))
        ? environment
        : [.. environment, .. Encoding.UTF8.GetBytes($"{Setting}0"), 0];

    /// <summary>Removes what this process's own door left in the folder for temporary files: the next program removes only its own.</summary>
    internal static void RemoveFiles(string folder, int process)
    {
        foreach (var path in Files.SelectMany(file => Directory.EnumerateFiles(folder, $"{file}-{process}-*")).ToArray())
            Remove(path);
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's, of an earlier process with the same number: no door to this one.
        }
    }
}
