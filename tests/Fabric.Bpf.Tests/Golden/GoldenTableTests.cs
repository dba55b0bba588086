using System.Globalization;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using Fabric.Tests.Shared;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Golden;

/// <summary>
/// A table as this layout has it, byte for byte. Programs bring the library that they were installed with, and a node is
/// upgraded alone: whoever changes a byte's meaning raises the layout's number, so that neither takes the other's for its own.
/// </summary>
public sealed class GoldenTableTests : IDisposable
{
    private const int LineBytes = 32;

    private readonly string _folder = Folder(TableKind.File);

    private static string Golden => Path.Combine(RepositoryRoot.Path, "tests", "Fabric.Bpf.Tests", "Golden", $"layout-{Layout.Version}.table");

    private string TablePath => Path.Combine(_folder, "table");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_writer_leaves_the_same_bytes_as_ever()
    {
        Write();
        var lines = Lines(File.ReadAllBytes(TablePath));
        if (Environment.GetEnvironmentVariable("FABRIC_TEST_REWRITE") == "1")
            File.WriteAllLines(Golden, lines);
        Assert.Equal(File.ReadAllLines(Golden), lines);
    }

    [Fact]
    public void Readers_get_from_the_kept_table_what_was_written_into_it()
    {
        Restore();
        using var table = Open(TableKind.File, _folder, Owner(capacity: 8));
        Assert.Equal(3, table.Revision);
        Assert.Null(table.WhyDamaged(3, Flags(), [.. Flags().Flags.Keys]));
        Assert.Equal((Evaluator.Static, 0), Answer(table, "on", null));
        Assert.Equal((Evaluator.Static, 1), Answer(table, "off", null));
        Assert.Equal((Evaluator.Disabled, Layout.NoVariant), Answer(table, "disabled", null));
        Assert.Equal((Evaluator.TargetingMatch, 0), Answer(table, "rule", "staff-7"));
        Assert.Equal(Evaluator.TargetingMatch, Answer(table, "share", "user").Reason);
        Assert.Equal(0, table.Reconcile(4, Flags()));
    }

    [Fact]
    public void A_table_of_another_layout_is_left_to_its_readers_and_replaced()
    {
        Restore();
        using (var file = File.OpenHandle(TablePath, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.Write(file, BitConverter.GetBytes(Layout.Version + 1), 8);
        using var old = File.OpenHandle(TablePath, FileMode.Open, FileAccess.Read);

        using var table = Open(TableKind.File, _folder, Owner(capacity: 8));

        Assert.Equal(0, table.Revision);
        var header = new byte[24];
        RandomAccess.Read(old, header, 0);
        Assert.Equal((Layout.Version + 1, 1u), (BitConverter.ToUInt32(header, 8), BitConverter.ToUInt32(header, 20)));
    }

    private static (int Reason, int Variant) Answer(FlagTable table, string name, string? key)
    {
        NodeEvaluator.Answer answer = Evaluator.Evaluate(table, name, key);
        return ((int)answer.Reason, answer.Variant);
    }

    private static Fabric.Flags.State.FlagSet Flags() => Set(
        3,
        ("on", Boolean(true)), ("off", Boolean(false)), ("disabled", Boolean(true, "DISABLED")), ("share", Percent(25)),
        ("rule", Definition("""
            {"state":"ENABLED","variants":{"yes":"a text","no":"another"},"defaultVariant":"no",
             "targeting":{"if":[{"starts_with":[{"var":"targetingKey"},"staff-"]},"yes","no"]}}
            """)));

    private void Write()
    {
        using var table = Open(TableKind.File, _folder, Owner(capacity: 8));
        table.Reconcile(3, Flags());
    }

    private void Restore()
    {
        var bytes = new byte[TableSize.For(8).TotalBytes];
        foreach (var line in File.ReadAllLines(Golden))
        {
            var (place, content) = (line[..8], line[9..]);
            Convert.FromHexString(content).CopyTo(bytes, int.Parse(place, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        File.WriteAllBytes(TablePath, bytes);
    }

    /// <summary>What is not zero: the place, and some bytes from there on.</summary>
    private static string[] Lines(byte[] table)
    {
        var lines = new List<string>();
        for (var place = 0; place < table.Length; place += LineBytes)
        {
            var part = table.AsSpan(place, Math.Min(LineBytes, table.Length - place));
            if (part.ContainsAnyExcept((byte)0))
                lines.Add($"{place:x8} {Convert.ToHexString(part)}");
        }

        return [.. lines];
    }
}
