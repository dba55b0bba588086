using Fabric.Node.Attachments;

namespace Fabric.Node.Tests.Fakes;

public sealed class FakeAttachments : IAttachments
{
    private readonly List<AttachmentState> _states = [];

    public AttachmentState Attach(Attachment attachment)
    {
        if (!File.Exists(attachment.Exe))
            return new AttachmentState(attachment, Attached: false, $"there is no file {attachment.Exe}");
        var state = new AttachmentState(attachment with { Abi = AttachmentAbi.C }, Attached: true, null);
        _states.Add(state);
        return state;
    }

    public bool Detach(string exe, string symbol) =>
        _states.RemoveAll(state => state.Attachment.Exe == exe && state.Attachment.Symbol == symbol) > 0;

    public IReadOnlyList<AttachmentState> List() => [.. _states];

    public void Dispose()
    {
    }
}
