namespace Fabric.Chaos.Validate;

/// <summary>Something that a promise does not allow.</summary>
/// <param name="Why">It, in words.</param>
/// <param name="Time">When it was seen, where that can be told.</param>
/// <param name="Undecided">It only keeps the promise from being checked.</param>
internal sealed record Wrong(string Why, long? Time = null, bool Undecided = false);

/// <summary>Counts what was looked at, so that a promise about nothing never counts as kept.</summary>
internal sealed class Tally
{
    public long Looked { get; private set; }

    public void Add(long more = 1) => Looked += more;
}

/// <summary>Judges one promise by what was recorded.</summary>
internal abstract class Checker
{
    /// <summary>The name under which <c>docs/guarantees.md</c> has the promise.</summary>
    public abstract string Name { get; }

    /// <summary>What it looks at, for people, in the plural.</summary>
    public abstract string Things { get; }

    /// <summary>All that is wrong, the first first.</summary>
    public abstract IEnumerable<Wrong> Look(Case recorded, Tally tally);
}
