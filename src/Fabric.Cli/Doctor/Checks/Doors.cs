using Fabric.Bpf.Support;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>What all the others come to: by which doors programs get answers from here.</summary>
internal static class Doors
{
    public const string Name = "doors";

    public static CheckResult Judge(IReadOnlyDictionary<string, CheckResult> found)
    {
        var doors = new[] { ("shared", "table"), ("remote", "node ready"), ("override", "override") };
        var open = doors.Where(door => IsOpen(found, door.Item2)).Select(static door => door.Item1).ToArray();
        var closed = doors.Where(door => !IsOpen(found, door.Item2)).Select(static door => door.Item1).ToArray();
        var finding = $"open: {Listed(open)}; not open: {Listed(closed)}";
        return open.Length == doors.Length ? CheckResult.Ok(finding) : CheckResult.Warn(finding, "the checks above say why, and what to do");
    }

    /// <summary>A table that is a file, or has lost touch, still answers; a door that only an override opens is open when it is proven.</summary>
    private static bool IsOpen(IReadOnlyDictionary<string, CheckResult> found, string check) =>
        found.TryGetValue(check, out var result) && (result.Status == CheckStatus.Ok || (check == "table" && result.Status == CheckStatus.Warn));

    private static string Listed(string[] doors) => doors.Length == 0 ? "none" : string.Join(", ", doors);
}
