namespace Fabric.Bpf.Attach;

/// <summary>
/// The override door of a host: functions of programs that need not know of Fabric. It is told what is wanted and makes
/// it so, again and again as files come and go. Any thread may call it.
/// </summary>
public interface IOverrideDoor : IDisposable
{
    /// <summary>
    /// Raised on the door's own thread after what <see cref="List"/> gives has changed. Whoever listens must not wait
    /// there for the door.
    /// </summary>
    event Action? Changed;

    /// <summary>
    /// The functions that are to be attached from now on; whatever else is attached, also by an earlier process of this
    /// node, is given back. Returns at once: the door's own thread does the work. Until the first call, everything
    /// that an earlier process left attached stays so.
    /// </summary>
    void Want(IReadOnlyList<AttachmentRequest> wanted);

    /// <summary>What became of each wanted function by now, in the order of their ids.</summary>
    IReadOnlyList<Attachment> List();

    /// <summary>
    /// Completes when what was wanted last has been worked through once: each function is attached, absent or refused,
    /// and what is no longer wanted answers for itself again.
    /// </summary>
    Task SettledAsync(CancellationToken token);
}
