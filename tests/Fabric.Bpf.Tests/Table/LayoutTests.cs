using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Fabric.Bpf.Table;
using Fabric.Bpf.Table.Encoding;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Tests.Table;

public sealed class LayoutTests
{
    private static readonly Dictionary<string, string> HeaderFields = new()
    {
        ["magic"] = "Magic", ["layout"] = "Layout", ["slot_count"] = "SlotCount", ["capacity"] = "Capacity", ["retired"] = "Retired",
        ["heap_offset"] = "HeapOffset", ["heap_bytes"] = "HeapBytes", ["fabric_id"] = "FabricId", ["node"] = "Node",
        ["generation"] = "Generation", ["revision"] = "Revision", ["last_contact_ns"] = "LastContact",
        ["tai_offset_ns"] = "TaiOffset",
    };

    private static readonly Dictionary<string, int> SlotFields = new()
    {
        ["tag"] = Layout.SlotTag, ["name_seq"] = Layout.SlotSequence, ["generation"] = Layout.SlotGeneration,
        ["name"] = Layout.SlotName, ["body"] = Layout.SlotBody,
    };

    [Fact]
    public void Every_offset_of_the_C_header_is_the_one_that_the_writer_uses()
    {
        using var program = Process.Start(new ProcessStartInfo(Repository.Native("layout")) { RedirectStandardOutput = true })!;
        var lines = program.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        program.WaitForExit();

        Assert.Equal(140, lines.Length);
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            var offset = int.Parse(parts[1], CultureInfo.InvariantCulture);
            var size = int.Parse(parts[2], CultureInfo.InvariantCulture);
            Assert.True(Own(parts[0], size) == offset, $"{line}: the writer has {Own(parts[0], size)}");
        }

        Assert.Equal(Layout.HeaderRetired, (int)Marshal.OffsetOf<TableHeader>("Retired"));
        Assert.Equal(Layout.HeaderGeneration, (int)Marshal.OffsetOf<TableHeader>("Generation"));
        Assert.Equal(Layout.HeaderRevision, (int)Marshal.OffsetOf<TableHeader>("Revision"));
        Assert.Equal(Layout.HeaderTaiOffset, (int)Marshal.OffsetOf<TableHeader>("TaiOffset"));
        Assert.Equal(Layout.HeaderLastContact, (int)Marshal.OffsetOf<TableHeader>("LastContact"));
    }

    private static string Pascal(string name) => string.Concat(name.Split('_').Select(static part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static unsafe int Own(string name, int size)
    {
        var (type, field) = name.Split('.') is [var t, var f] ? (t, f) : (name, null);
        switch (type)
        {
            case "flag_table_header" when field is null:
                return sizeof(TableHeader) - size;
            case "flag_body" when field is null:
                return sizeof(FlagBody) - size;
            case "flag_slot" when field is null:
                return Layout.SlotBytes - size;
            case "flag_table_header":
                return (int)Marshal.OffsetOf<TableHeader>(HeaderFields[field]);
            case "flag_body":
                return (int)Marshal.OffsetOf<FlagBody>(Pascal(field));
            case "flag_slot":
                return SlotFields[field!];
            case "usage_header" or "usage_row":
                var sheet = type == "usage_row" ? typeof(SheetRow) : typeof(UsageHeader);
                return field is null ? Marshal.SizeOf(sheet) - size : (int)Marshal.OffsetOf(sheet, Pascal(field));
            default:
                var block = typeof(FlagBlock).Assembly.GetType($"{typeof(FlagBlock).Namespace}.{(type == "flag_set" ? nameof(FlagSetHead) : Pascal(type))}", throwOnError: true)!;
                return field is null ? Marshal.SizeOf(block) - size : (int)Marshal.OffsetOf(block, Pascal(field));
        }
    }
}
