using System.Globalization;
using System.Text.RegularExpressions;

namespace Fabric.Bpf.Elf;

/// <summary>Whether a function takes its arguments as Go's functions do: in registers, strings with their length.</summary>
internal static partial class GoAbi
{
    /// <summary>Of the versions that begin with 1.</summary>
    private const int FirstWithRegisters = 17;

    /// <exception cref="ElfRefusedException">It is Go's, and takes them on the stack.</exception>
    internal static bool Is(ElfFile elf, GoTable? table, ElfSymbol function, string name)
    {
        var known = table?.Starting(function.Address);
        // Without the table, only the name tells: Go's have their package's before a dot.
        var isGo = table is null ? name.Contains('.') && ElfIdentity.IsGo(elf) : known is { IsForeign: false };
        if (!isGo)
            return false;
        if (known is { IsAssembly: true } || name.EndsWith(".abi0", StringComparison.Ordinal))
            throw OnStack(name, "as all that is written in Go's assembly");
        var version = ElfIdentity.GoVersion(elf);
        if (PassesOnStack(version) ?? table is null or { IsOfFirstForm: true })
            throw OnStack(name, $"as Go did before 1.17 (this is {version ?? "of an unknown version"})");
        return true;
    }

    private static ElfRefusedException OnStack(string name, string why) =>
        new(ElfProblem.NotCode, name, $"{name} takes its arguments on the stack, {why}");

    /// <summary>Null where the version does not say. Until 1.18 registers could be switched off, which the version then tells.</summary>
    private static bool? PassesOnStack(string? version)
    {
        if (version is null || Number().Match(version) is not { Success: true } number)
            return null;
        return version.Contains("noregabi", StringComparison.Ordinal)
            || int.Parse(number.Groups[1].ValueSpan, CultureInfo.InvariantCulture) < FirstWithRegisters;
    }

    /// <summary>In <c>go1.24.2</c> and <c>devel go1.25-a1b2c3 …</c>.</summary>
    [GeneratedRegex(@"\bgo1\.([0-9]{1,4})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
