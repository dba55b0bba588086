using System.Globalization;

namespace Fabric.Bpf.Attach;

/// <summary>The processes of this host, as /proc has them.</summary>
internal static class Processes
{
    private const string Unified = "0::";

    internal static IEnumerable<int> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
                yield return process;
        }
    }

    /// <summary>The control group of a process; null when it has ended.</summary>
    internal static string? ControlGroup(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/cgroup").FirstOrDefault(static line => line.StartsWith(Unified, StringComparison.Ordinal));
            return line?[Unified.Length..];
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
