namespace Fabric.Node.Alarms;

/// <summary>
/// Everything a node gives alarm for. A kind never changes its name: programs watch for it. Adding one: a line here, whoever
/// raises it, and its part in docs/operations.md.
/// </summary>
internal static class AlarmKinds
{
    /// <summary>The disk of this host's log is nearly full.</summary>
    public const string DiskLow = "disk-low";

    /// <summary>The disk of this host's log takes long to keep a record.</summary>
    public const string DiskSlow = "disk-slow";

    /// <summary>This host and others hold different states at one place of the log.</summary>
    public const string StateDiverged = "state-diverged";

    /// <summary>This host's table did not say what its state says.</summary>
    public const string TableDamaged = "table-damaged";

    public static IReadOnlyList<string> All { get; } = [DiskLow, DiskSlow, StateDiverged, TableDamaged];
}
