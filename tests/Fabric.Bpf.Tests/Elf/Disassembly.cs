using System.Globalization;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>One instruction as objdump shows it.</summary>
internal sealed record Shown(ulong Address, byte[] Bytes, string Text);

/// <summary>What objdump says of a program: the other opinion.</summary>
internal static class Disassembly
{
    /// <summary>The instructions of one function.</summary>
    internal static IReadOnlyList<Shown> Of(string path, string symbol) =>
        Parse(Binaries.Run("objdump", $"-d --insn-width=16 --disassemble={symbol} {path}"));

    /// <summary>The instructions of the whole file.</summary>
    internal static IReadOnlyList<Shown> Of(string path) => Parse(Binaries.Run("objdump", $"-d --insn-width=16 {path}"));

    private static List<Shown> Parse(string output) =>
    [
        .. from line in output.Split('\n')
           let parts = line.Split('\t')
           where parts.Length >= 2 && parts[0].EndsWith(':')
           select new Shown(
               ulong.Parse(parts[0].Trim().TrimEnd(':'), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
               Convert.FromHexString(parts[1].Replace(" ", "", StringComparison.Ordinal)),
               parts.Length > 2 ? parts[2].Trim() : ""),
    ];
}
