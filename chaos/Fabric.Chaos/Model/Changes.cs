namespace Fabric.Chaos.Model;

/// <summary>What becomes of one flag.</summary>
/// <param name="Key">The flag.</param>
/// <param name="Value">What it says then; null where it is deleted.</param>
/// <param name="IfRevision">The revision that it has to have for that, 0 for one that is not there; null for any.</param>
internal sealed record Change(string Key, long? Value, long? IfRevision = null)
{
    public override string ToString() => Value is { } value ? $"{Key}={value}" : $"{Key} deleted";
}

/// <summary>A change set as the log holds it: one that took effect.</summary>
internal sealed record LoggedSet(long Revision, string? Op, IReadOnlyList<Change> Changes)
{
    /// <summary>Whether another says the same of the same revision; who asked for it need not be known to both.</summary>
    public bool Same(LoggedSet other) =>
        Revision == other.Revision && Changes.Count == other.Changes.Count
        && Changes.All(change => other.Changes.Any(its => its.Key == change.Key && its.Value == change.Value));

    public override string ToString() => $"{Revision}: {string.Join(", ", Changes)}";
}
