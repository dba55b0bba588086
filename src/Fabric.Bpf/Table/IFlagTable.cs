using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Usage;
using Fabric.Flags.State;

namespace Fabric.Bpf.Table;

/// <summary>What holds a table's bytes.</summary>
public enum TableKind
{
    /// <summary>A BPF array that the kernel and every process read.</summary>
    Bpf,

    /// <summary>A file that every process reads; no override door.</summary>
    File,
}

/// <summary>
/// This host's table: what running programs read. One thread at a time may call its members; readers of the bytes
/// need no lock and never see half of a change.
/// </summary>
public interface IFlagTable : IDisposable
{
    /// <summary>Where programs find it.</summary>
    string Path { get; }

    /// <summary>What holds its bytes.</summary>
    TableKind Kind { get; }

    /// <summary>What the host's programs have counted of it; usable also when the table is closed.</summary>
    IHostUsage Usage { get; }

    /// <summary>Why it is a file; null where it is a BPF array, or where a file is what was wanted.</summary>
    string? WhyFile => null;

    /// <summary>The log index that its readers see, read from the table itself.</summary>
    long Revision { get; }

    /// <summary>
    /// Build-ids of the files that this host has attached to: flags that require one are written by it from now on. Null, as
    /// long as that is not known, leaves such flags as they stand in the table.
    /// </summary>
    ImmutableSortedSet<string>? Builds { get; set; }

    /// <summary>
    /// Makes the table say what <paramref name="flags"/> say, whatever it said before, and shows that to readers in
    /// one step. Bytes that are right already are left alone.
    /// </summary>
    /// <param name="revision">Log index of <paramref name="flags"/>; not below <see cref="Revision"/>.</param>
    /// <param name="flags">All flags.</param>
    /// <returns>How many flags had to be written.</returns>
    int Reconcile(long revision, FlagSet flags);

    /// <summary>Writes the named flags as <paramref name="flags"/> have them, or removes those it lacks, in one step for readers.</summary>
    /// <param name="revision">Log index of <paramref name="flags"/>; not below <see cref="Revision"/>.</param>
    /// <param name="flags">All flags, of which only those named are read.</param>
    /// <param name="keys">The flags that may differ from the table's.</param>
    void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys);

    /// <summary>
    /// What is wrong with the table's own bytes, if it is to say what <paramref name="flags"/> say; null where nothing is.
    /// It is a look without a store.
    /// </summary>
    /// <param name="revision">The log index that was shown last.</param>
    /// <param name="flags">All flags.</param>
    /// <param name="keys">The flags that are looked at; what all flags share is always looked at.</param>
    string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys);

    /// <summary>Makes the table anew in fresh memory and has readers move there; nothing of what there was is believed.</summary>
    /// <param name="revision">Log index of <paramref name="flags"/>.</param>
    /// <param name="flags">All flags.</param>
    void Rebuild(long revision, FlagSet flags);

    /// <summary>A digest of what readers see, computed from the table's own bytes: equal on two hosts with the same flags.</summary>
    ulong Digest();

    /// <summary>
    /// Notes that this host is in touch with its fabric right now: flags that bear only so long a silence are judged by it.
    /// </summary>
    void Stamp();

    /// <summary>
    /// What this table answers a caller: the same bytes and the same evaluator that programs of the host have. Any number
    /// of threads may call it, also while another one writes.
    /// </summary>
    FlagAnswer Evaluate(string key, EvaluationContext context);

    /// <summary>The same with how the answer came about, for whoever asks why. A step's place in the definition is known to its compiler.</summary>
    Explanation Explain(string key, EvaluationContext context);
}
