namespace Fabric.Bpf.Elf;

/// <summary>All that attaching to a function needs to know of its file.</summary>
/// <param name="Offset">Where in the file the probe goes.</param>
/// <param name="Delta">From there to the instruction that returns.</param>
/// <param name="Kind">How the probe enters the kernel.</param>
/// <param name="IsGo">Whether the function takes its arguments as Go's functions do.</param>
/// <param name="BuildId">The file's build-id; null where it has none.</param>
internal sealed record ElfTarget(long Offset, int Delta, ProbeKind Kind, bool IsGo, string? BuildId)
{
    /// <summary>Finds a function and how to override it.</summary>
    /// <param name="image">The file.</param>
    /// <param name="symbol">The function's name in it.</param>
    /// <param name="kernel">What the kernel replaces.</param>
    /// <param name="files">Where names that were taken out of the file may be; null to do without.</param>
    /// <exception cref="ElfRefusedException">The file is not sound, or the function cannot be overridden.</exception>
    internal static ElfTarget Find(IImage image, string symbol, ProbeOptimisation kernel, DebugFiles? files = null)
    {
        var elf = ElfFile.Read(image);
        var found = FunctionFinder.Find(elf, symbol, files);
        var function = found.Symbol;
        var code = elf.CodeAt(function.Address)!.Value;
        var site = Site(elf, code, function, kernel);
        var attachPoint = function.Address + (ulong)site.Skip;
        if (!code.Holds(attachPoint))
            throw ElfRefusedException.Broken(symbol, "ends before it does anything");
        return new ElfTarget(
            code.OffsetOf(attachPoint), RetFinder.Delta(elf, function, attachPoint, found.Others), site.Kind, found.IsGo, ElfIdentity.BuildId(elf));
    }

    private static ProbeSite Site(ElfFile elf, ElfSegment code, ElfSymbol function, ProbeOptimisation kernel)
    {
        Span<byte> bytes = stackalloc byte[ProbeSite.LookBytes];
        var length = Math.Min(code.End - function.Address, (ulong)bytes.Length);
        if (function.Bytes > 0)
            length = Math.Min(length, function.Bytes);
        bytes = bytes[..(int)length];
        elf.Image.Fill("the function", code.OffsetOf(function.Address), bytes);
        return ProbeSite.Choose(bytes, function.Address, kernel);
    }
}
