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

    /// <summary>The name is there, but it is nothing to attach to.</summary>
    NotCode,

    /// <summary>There is no instruction to return by.</summary>
    NoReturn,
}

/// <summary>A file cannot be read as a program, or has not what was looked for in it.</summary>
internal sealed class ElfRefusedException(ElfProblem problem, string message) : Exception(message)
{
    internal ElfProblem Problem { get; } = problem;
}
