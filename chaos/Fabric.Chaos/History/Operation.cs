namespace Fabric.Chaos.History;

/// <summary>What an operation did, or may have done.</summary>
internal enum OperationKind
{
    /// <summary>It saw <see cref="Operation.Value"/>.</summary>
    Read,

    /// <summary>It set <see cref="Operation.Value"/>.</summary>
    Write,

    /// <summary>It found <see cref="Operation.From"/> and set <see cref="Operation.Value"/>.</summary>
    Swap,

    /// <summary>It found something else than <see cref="Operation.From"/>.</summary>
    Miss,

    /// <summary>It may set <see cref="Operation.Value"/> at any time after it began, or never.</summary>
    PerhapsWrite,

    /// <summary>The same, and only where it finds <see cref="Operation.From"/>.</summary>
    PerhapsSwap,
}

/// <summary>One operation on one key. Values are numbers that stand for what was written.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="From">What it compared with.</param>
/// <param name="Value">What it saw or set.</param>
/// <param name="Began">Where among all events it began.</param>
/// <param name="Ended">Where it was answered; <see cref="Never"/> where it was not.</param>
/// <param name="Line">The line where it began, for people.</param>
internal sealed record Operation(OperationKind Kind, int From, int Value, int Began, int Ended, int Line)
{
    public const int Never = int.MaxValue;

    /// <summary>It only looks, so that it never stands in the way of anything.</summary>
    public bool OnlyLooks => Kind is OperationKind.Read or OperationKind.Miss;

    /// <summary>Whether it can take its place where the register holds a value.</summary>
    public bool Fits(int held) => Kind switch
    {
        OperationKind.Read => held == Value,
        OperationKind.Miss => held != From,
        OperationKind.Swap or OperationKind.PerhapsSwap => held == From,
        _ => true,
    };
}
