using Fabric.Bpf.Usage;
using Fabric.Flags.Definitions;

namespace Fabric.Node.Tests.Usage;

/// <summary>Rows as programs and the kernel write them.</summary>
internal static class Rows
{
    internal static readonly DateTimeOffset Begun = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Of variants on and off.</summary>
    internal static readonly uint OnOff = VariantList.Of(
        DefinitionParser.Parse("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}"""u8.ToArray()).Definition!);

    /// <summary>Calls of a flag with variants on and off.</summary>
    internal static UsageRow Of(string flag, long on, long off = 0, long defaults = 0, string exe = "/bin/shop", UsageDoor door = UsageDoor.Shared) =>
        new(door, exe, flag, OnOff, 0, Begun, [defaults, on, off, 0, 0, 0, 0, 0]);

    /// <summary>Calls of a name that the table did not know.</summary>
    internal static UsageRow Missed(string name, long calls, string exe = "/bin/shop") =>
        new(UsageDoor.Shared, exe, name, 0, 0, Begun, [calls, 0, 0, 0, 0, 0, 0, 0]);

    internal static UsageReading Reading(params SheetReading[] sheets) => UsageReading.Nothing with { Sheets = sheets };

    internal static SheetReading Sheet(string id, bool ended, params UsageRow[] rows) => new(id, ended, 1000, rows, Beyond: 0);
}
