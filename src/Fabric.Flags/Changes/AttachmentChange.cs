using Fabric.Flags.Attachments;

namespace Fabric.Flags.Changes;

/// <summary>One change of one attachment, part of a <see cref="ChangeSet"/>.</summary>
/// <param name="IfRevision">The revision the attachment must have for the set to apply: 0 for "must not exist", null for "whatever it is".</param>
public abstract record AttachmentChange(long? IfRevision)
{
    /// <summary>The attachment.</summary>
    public abstract string Id { get; }

    /// <summary>What forbids the change by itself, whatever the state; empty for a sound one.</summary>
    public abstract IEnumerable<Problem> Problems();

    /// <summary>Attaches a function, or replaces how.</summary>
    public sealed record Put(AttachmentRequest Request, long? IfRevision = null) : AttachmentChange(IfRevision)
    {
        /// <inheritdoc/>
        public override string Id { get; } = Request.Id;

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() =>
            Request.Problems().Select(static problem => problem with { Path = $"/put{problem.Path}" });
    }

    /// <summary>Gives a function back to itself. Withdrawing what is not there refuses the set.</summary>
    public sealed record Withdraw(string Attachment, long? IfRevision = null) : AttachmentChange(IfRevision)
    {
        /// <inheritdoc/>
        public override string Id => Attachment;

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() =>
            AttachmentId.WhyNot(Attachment) is { } reason ? [new Problem("/withdraw/id", reason)] : [];
    }
}
