namespace Fabric.Bpf.Attach;

/// <summary>The override door of a host: functions of programs that need not know of Fabric. Any thread may call it.</summary>
public interface IOverrideDoor : IDisposable
{
    /// <summary>
    /// Attaches to a function, or says why not. What is refused is forgotten; what is attached already stays so, or
    /// moves to the file that is at its path now.
    /// </summary>
    /// <exception cref="AttachmentsUnusableException">It could not be remembered, and is not attached.</exception>
    Attachment Attach(AttachmentRequest request);

    /// <summary>Gives a function back to itself; null when it was not attached. When it returns, the function answers.</summary>
    /// <exception cref="AttachmentsUnusableException">It could not be forgotten, and is still attached.</exception>
    Attachment? Detach(string id);

    /// <summary>All that is to be attached, and what became of each.</summary>
    IReadOnlyList<Attachment> List();
}
