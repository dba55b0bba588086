namespace Fabric.Bpf.Attach;

/// <summary>What the door's thread is to make true.</summary>
internal sealed record DoorInput
{
    /// <summary>What is to be attached; null until anybody has said.</summary>
    internal IReadOnlyList<AttachmentRequest>? Wanted { get; init; }

    /// <summary>Whether it is known what answers, or that nothing does.</summary>
    internal bool Serves { get; init; }

    /// <summary>The program that answers; null where there is none.</summary>
    internal OverrideProgram? Program { get; init; }

    /// <summary>Why there is none.</summary>
    internal string? WhyNone { get; init; }

    /// <summary>The table that is to stay pinned; null where it is none of the kernel's.</summary>
    internal TablePin? Table { get; init; }

    /// <summary>Grows with each change.</summary>
    internal int Version { get; init; }
}
