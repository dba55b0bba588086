namespace Fabric.Flags.Changes;

/// <summary>
/// What became of a change set, the same on every host. An attachment is named in the place of a flag's key, as
/// <see cref="Attachments.AttachmentId.Subject"/> has it.
/// </summary>
public abstract record ChangeOutcome
{
    private ChangeOutcome() { }

    /// <summary>Applied; every flag it put has this revision.</summary>
    public sealed record Applied(long Revision) : ChangeOutcome;

    /// <summary>Nothing was changed: a flag did not have the revision that was asked for.</summary>
    /// <param name="Key">The flag.</param>
    /// <param name="ActualRevision">The revision it has, 0 when it does not exist.</param>
    public sealed record Conflict(string Key, long ActualRevision) : ChangeOutcome;

    /// <summary>Nothing was changed: a flag to be deleted is not there.</summary>
    public sealed record NotFound(string Key) : ChangeOutcome;

    /// <summary>Nothing was changed: a rule between flags would no longer hold.</summary>
    /// <param name="Key">The flag whose change breaks it.</param>
    /// <param name="Reason">Which rule, as the rest of a sentence about the flag.</param>
    public sealed record Refused(string Key, string Reason) : ChangeOutcome;

    /// <summary>Nothing was changed: the flags would exceed what the fabric holds.</summary>
    /// <param name="Reason">Which bound, and its value.</param>
    public sealed record Full(string Reason) : ChangeOutcome;
}
