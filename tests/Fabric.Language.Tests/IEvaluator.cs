namespace Fabric.Language.Tests;

/// <summary>One way to get flags' answers: the model, the table, the table inside of a BPF program.</summary>
internal interface IEvaluator : IDisposable
{
    /// <summary>What it sees of the program that asks.</summary>
    ProcessFacts Process { get; }

    /// <summary>Takes the place of the flags and the host there were before.</summary>
    void Load(World world);

    /// <summary>An answer to each question, in their order.</summary>
    Answer[] Ask(IReadOnlyList<Question> questions);
}
