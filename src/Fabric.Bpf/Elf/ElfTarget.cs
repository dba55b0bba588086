namespace Fabric.Bpf.Elf;

/// <summary>All that attaching to a function needs to know of its file.</summary>
/// <param name="Offset">Where in the file the probe goes.</param>
/// <param name="Delta">From there to the instruction that returns.</param>
/// <param name="Kind">How the probe enters the kernel.</param>
/// <param name="IsGo">Whether the function takes its arguments as Go's functions do.</param>
/// <param name="BuildId">The file's build-id; null where it has none.</param>
internal sealed record ElfTarget(long Offset, int Delta, ProbeKind Kind, bool IsGo, string? BuildId)
{
    private static readonly Version FirstWithRegisters = new(1, 17);

    /// <summary>Finds a function and how to override it.</summary>
    /// <exception cref="ElfRefusedException">The file is not sound, or the function cannot be overridden.</exception>
    internal static ElfTarget Find(IImage image, string symbol, ProbeOptimisation kernel)
    {
        var elf = ElfFile.Read(image);
        var function = ElfSymbols.Find(elf, symbol);
        var code = elf.CodeAt(function.Address)!.Value;
        var site = Site(elf, code, function, kernel);
        var attachPoint = function.Address + (ulong)site.Skip;
        if (!code.Holds(attachPoint))
            throw ElfFile.Broken($"{symbol} ends before it does anything");
        return new ElfTarget(
            code.OffsetOf(attachPoint), RetFinder.Delta(elf, function, attachPoint), site.Kind, IsGoFunction(elf, symbol), ElfIdentity.BuildId(elf));
    }

    private static ProbeSite Site(ElfFile elf, ElfSegment code, ElfSymbol function, ProbeOptimisation kernel)
    {
        Span<byte> bytes = stackalloc byte[ProbeSite.LookBytes];
        var length = Math.Min(code.End - function.Address, (ulong)bytes.Length);
        if (function.Bytes > 0)
            length = Math.Min(length, function.Bytes);
        bytes = bytes[..(int)length];
        if (!elf.Image.TryRead(code.OffsetOf(function.Address), bytes))
            throw ElfFile.Broken("it became shorter while it was read");
        return ProbeSite.Choose(bytes, function.Address, kernel);
    }

    /// <summary>A program of Go's may hold functions of C too; only Go's have their package's name before a dot.</summary>
    private static bool IsGoFunction(ElfFile elf, string symbol)
    {
        if (!symbol.Contains('.') || !ElfIdentity.IsGo(elf))
            return false;
        if (symbol.EndsWith(".abi0", StringComparison.Ordinal) || PassesOnStack(ElfIdentity.GoVersion(elf)))
            throw new ElfRefusedException(ElfProblem.NotCode, $"{symbol} takes its arguments on the stack; Go does so before 1.17 and in assembly");
        return true;
    }

    private static bool PassesOnStack(string? version)
    {
        if (version is null || !version.StartsWith("go", StringComparison.Ordinal))
            return false;
        var number = string.Concat(version.Skip(2).TakeWhile(static c => char.IsAsciiDigit(c) || c == '.'));
        return Version.TryParse(number, out var parsed) && parsed < FirstWithRegisters;
    }
}
