namespace Fabric.Bpf.Elf;

/// <summary>Whether a function takes its arguments as Go's functions do: in registers, strings with their length.</summary>
internal static class GoAbi
{
    private static readonly Version FirstWithRegisters = new(1, 17);

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
        if (version is null ? table is { IsOfFirstForm: true } : PassesOnStack(version))
            throw OnStack(name, $"as Go did before 1.17 (this is {version ?? "1.16 or 1.17"})");
        return true;
    }

    private static ElfRefusedException OnStack(string name, string why) =>
        new(ElfProblem.NotCode, name, $"{name} takes its arguments on the stack, {why}");

    /// <summary>Until 1.18 an experiment could be switched off, which the version then says.</summary>
    private static bool PassesOnStack(string version)
    {
        if (version.Contains("noregabi", StringComparison.Ordinal))
            return true;
        if (!version.StartsWith("go", StringComparison.Ordinal))
            return false;
        var number = string.Concat(version.Skip(2).TakeWhile(static c => char.IsAsciiDigit(c) || c == '.'));
        return Version.TryParse(number, out var parsed) && parsed < FirstWithRegisters;
    }
}
