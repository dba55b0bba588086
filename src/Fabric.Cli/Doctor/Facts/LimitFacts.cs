using System.Globalization;

namespace Fabric.Cli.Doctor.Facts;

/// <summary>What a process may use.</summary>
/// <param name="OpenFiles">Files and connections at once; null for any number.</param>
/// <param name="MemoryBytes">Memory of its control group; null where that is not bounded, or not told.</param>
/// <param name="MemoryUsed">What the control group uses of it.</param>
internal sealed record LimitFacts(long? OpenFiles, long? MemoryBytes, long MemoryUsed)
{
    private const string Groups = "/sys/fs/cgroup";

    /// <exception cref="IOException">The process is gone, or is another user's.</exception>
    public static LimitFacts Of(int process)
    {
        var files = File.ReadLines($"/proc/{process}/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var group = File.ReadLines($"/proc/{process}/cgroup").FirstOrDefault(static line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        return new LimitFacts(Number(files), Number(TryRead($"{Groups}{group}/memory.max")), Number(TryRead($"{Groups}{group}/memory.current")) ?? 0);
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? TryRead(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
