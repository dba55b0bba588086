using System.Text.RegularExpressions;

namespace Fabric.Bpf.Elf;

/// <summary>A function that was found.</summary>
/// <param name="Symbol">Where it is.</param>
/// <param name="IsGo">Whether it takes its arguments as Go's functions do.</param>
/// <param name="Others">Functions of the same file, in whose returns it may borrow.</param>
internal sealed record FoundFunction(ElfSymbol Symbol, bool IsGo, IEnumerable<ElfSymbol> Others);

/// <summary>
/// Finds a function by name: in the file's own symbol tables, in what Go's runtime knows of a program, and in the file
/// that its names were moved to.
/// </summary>
internal static partial class FunctionFinder
{
    private const int MaxOfOneName = 8;

    /// <param name="elf">The file whose function it is.</param>
    /// <param name="name">The function's name as the file has it.</param>
    /// <param name="files">Where names that were taken out of the file may be; null to do without.</param>
    /// <exception cref="ElfRefusedException">There is none to attach to, or it is not clear which.</exception>
    internal static FoundFunction Find(ElfFile elf, string name, DebugFiles? files)
    {
        var go = GoTable.Of(elf);
        var own = ElfSymbols.Find(elf, elf, name);
        if ((own.Function ?? InGo(go, name)) is { } function)
            return Found(function, elf);
        var debug = files?.Of(elf);
        var moved = debug is null ? default : ElfSymbols.Find(elf, debug, name);
        return moved.Function is { } byDebug
            ? Found(byDebug, elf, debug)
            : throw NotFound(elf, debug, go, name, own.Imported);

        FoundFunction Found(ElfSymbol symbol, params IEnumerable<ElfFile?> tables)
        {
            var isGo = GoAbi.Is(elf, go, symbol, name);
            // Go's functions may well be called so.
            if (!isGo && ColdPart().Match(name) is { Success: true } cold)
                throw Cold(name, name[..cold.Index]);
            var others = tables.OfType<ElfFile>().SelectMany(ElfSymbols.Functions);
            return new FoundFunction(symbol, isGo, go is null ? others : others.Concat(go.Functions().Select(static one => one.Symbol)));
        }
    }

    private static ElfRefusedException Cold(string name, string whole) => new(
        ElfProblem.NotCode, name, $"{name} is what the compiler moved out of {whole}, and no call enters there; attach to {whole}");

    private static ElfSymbol? InGo(GoTable? go, string name)
    {
        if (go is null || ElfSymbols.Encode(name) is not { } wanted)
            return null;
        var found = go.Named(wanted).Take(MaxOfOneName).ToList();
        // Assembly is called through a function of the same name that Go's compiler made; it is the one that is meant.
        var assembly = found.FindIndex(static one => one.IsAssembly);
        if (found.Count > 1 && assembly < 0)
            throw ElfSymbols.Several(name, found.Select(static one => one.Symbol.Address));
        return found.Count == 0 ? null : found[Math.Max(assembly, 0)].Symbol;
    }

    private static ElfRefusedException NotFound(ElfFile elf, ElfFile? debug, GoTable? go, string name, bool imported)
    {
        if (imported)
        {
            var libraries = Libraries.Of(elf);
            return new ElfRefusedException(
                ElfProblem.Imported, name,
                $"{name} is in another file, which this one only calls; attach there: {(libraries.Count > 0 ? string.Join(", ", libraries) : "it names no library")}");
        }

        var near = NearNames.Of(elf, debug, go, name);
        var where = debug is null ? "in its symbol tables" : "in its symbol tables, nor in its debug file";
        var hint = near.Count switch
        {
            0 => "",
            1 => $"; one that comes near is {near[0]}",
            _ => $"; some that come near are {string.Join(", ", near)}",
        };
        return new ElfRefusedException(ElfProblem.NoSymbol, name, $"it has no function called {name} {where}{hint}");
    }

    [GeneratedRegex(@"\.cold(\.\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex ColdPart();
}
