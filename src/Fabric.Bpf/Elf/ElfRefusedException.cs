namespace Fabric.Bpf.Elf;

/// <summary>Why a file cannot be attached to.</summary>
internal enum ElfProblem
{
    /// <summary>It does not begin as an ELF file does.</summary>
    NotElf,

    /// <summary>It is for another processor, another width, or no program or library at all.</summary>
    WrongKind,

    /// <summary>It says of itself what cannot be: parts outside of the file, sizes that contradict each other.</summary>
    Broken,

    /// <summary>A part of it is larger than Fabric reads.</summary>
    TooLarge,

    /// <summary>It has no function of that name.</summary>
    NoSymbol,

    /// <summary>It has several functions of that name.</summary>
    Ambiguous,

    /// <summary>It calls a function of that name, which is in another file.</summary>
    Imported,

    /// <summary>The name is there, but it is nothing to attach to.</summary>
    NotCode,

    /// <summary>There is no instruction to return by.</summary>
    NoReturn,
}

/// <summary>A file cannot be read as a program, or has not what was looked for in it.</summary>
/// <param name="problem">What kind of reason it is.</param>
/// <param name="place">The part of the file that it concerns, as people call it.</param>
/// <param name="message">The reason, in words that follow on the file's path.</param>
internal sealed class ElfRefusedException(ElfProblem problem, string place, string message) : Exception(message)
{
    internal ElfProblem Problem { get; } = problem;

    internal string Place { get; } = place;

    /// <summary>The file says of itself what cannot be.</summary>
    /// <param name="place">Where, such as <c>segment 3</c>.</param>
    /// <param name="what">What is wrong there, in words that follow on the place.</param>
    internal static ElfRefusedException Broken(string place, string what) =>
        new(ElfProblem.Broken, place, $"it is broken: {place} {what}");

    /// <summary>A part of the file is beyond what is read.</summary>
    internal static ElfRefusedException TooLarge(string place, string what) =>
        new(ElfProblem.TooLarge, place, $"{place} {what}");
}
