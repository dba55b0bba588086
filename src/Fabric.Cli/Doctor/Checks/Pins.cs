using System.Globalization;
using Fabric.Bpf.Privileges;
using Fabric.Bpf.Table;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Which tables are pinned on this host, whose are they, and is anybody still writing them?</summary>
internal sealed class Pins : IDoctorCheck
{
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    /// <summary>Links are closed to everybody but their node's user.</summary>
    private static readonly EnumerationOptions Open = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>A pinned table.</summary>
    /// <param name="Path">Where it is.</param>
    /// <param name="Owner">The user that it belongs to.</param>
    /// <param name="Table">What it tells; null when it cannot be read.</param>
    /// <param name="Others">How many more things are pinned in its node's own folder.</param>
    internal sealed record Pin(string Path, string Owner, TableInspection? Table, int Others);

    public string Name => "pins";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Judge(Find(TablePlace.PinFolder)));

    internal static CheckResult Judge(IReadOnlyList<Pin>? pins)
    {
        if (pins is null)
            return CheckResult.Skip($"there is no BPF file system at {TablePlace.PinFolder}: no table is pinned");
        if (pins.Count == 0)
            return CheckResult.Ok($"no table is pinned below {TablePlace.PinFolder}");
        var stale = pins.Where(IsStale).ToArray();
        var finding = string.Join("; ", pins.Select(Describe));
        return stale.Length == 0
            ? CheckResult.Ok(finding)
            : CheckResult.Warn(finding, $"where the node is gone for good, its programs keep its last answers; to end that: rm {string.Join(' ', stale.Select(static pin => pin.Path))}");
    }

    private static bool IsStale(Pin pin) => pin.Table is not { Retired: false, SinceContact: { } since } || since > Abandoned;

    private static string Describe(Pin pin) => pin.Table is not { } table
        ? $"{pin.Path} of {pin.Owner} is of another version, or no table"
        : $"{pin.Path} of {pin.Owner} is {table.Node}'s at revision {table.Revision.ToString(CultureInfo.InvariantCulture)}, "
            + (table.SinceContact is { } since ? since > Abandoned ? $"not in touch for {since:d\\.hh\\:mm\\:ss}" : "in touch" : "never in touch since this host started")
            + (pin.Others > 0 ? $", with {pin.Others} more pins" : "");

    private static IReadOnlyList<Pin>? Find(string folder) => !TablePlace.HasPinFolder
        ? null
        : [.. Directory.EnumerateFiles(folder, "table", Open).Order(StringComparer.Ordinal)
            .Select(Look)];

    private static Pin Look(string path)
    {
        var table = TableInspection.Of(path);
        var folder = table is null ? null : Path.GetDirectoryName(TablePlace.SharedPin(table.Node));
        var others = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", Open).Count(pin => pin != path) : 0;
        return new Pin(path, Account.NameOf(Ownership.Of(path) ?? 0), table, others);
    }
}
