using Fabric.Bpf.Attach;

namespace Fabric.Bpf.Tests.Attach;

public sealed class StoreTests : IDisposable
{
    private static readonly AttachmentRequest One = new("/usr/bin/one", "is_enabled");
    private static readonly AttachmentRequest Two = new("/usr/bin/two \"ü", "main.on", AttachmentAbi.Go, AttachmentSignature.FlagAndKey);

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-store-").FullName;

    private string Saved => Path.Combine(_folder, "attachments.json");

    [Fact]
    public void What_was_saved_is_read()
    {
        var store = new AttachmentStore(_folder);
        Assert.Empty(store.Read());
        store.Save([One, Two]);
        Assert.Equal([One, Two], new AttachmentStore(_folder).Read());
        store.Save([Two]);
        Assert.Equal([Two], store.Read());
        Assert.Equal([Saved], Directory.GetFiles(_folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Saved).UnixFileMode);
    }

    [Fact]
    public void It_is_what_a_person_would_write()
    {
        new AttachmentStore(_folder).Save([One]);
        Assert.Contains("\"signature\": \"flag\"", File.ReadAllText(Saved), StringComparison.Ordinal);
        File.WriteAllText(Saved, """{"attachments":[{"exe":"/bin/x","symbol":"f"}]}""");
        Assert.Equal([new AttachmentRequest("/bin/x", "f")], new AttachmentStore(_folder).Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"attachments":[null]}""")]
    [InlineData("""{"attachments":[{"exe":"/bin/x"}]}""")]
    [InlineData("""{"attachments":[{"exe":"/bin/x","symbol":"f","abi":"pascal"}]}""")]
    public void What_cannot_be_understood_is_never_taken_for_nothing(string content)
    {
        File.WriteAllText(Saved, content);
        var refused = Assert.Throws<AttachmentsUnusableException>(() => new AttachmentStore(_folder).Read());
        Assert.Contains(Saved, refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Saved));
    }

    [Fact]
    public void A_folder_that_takes_nothing_is_said_and_keeps_what_it_had()
    {
        var store = new AttachmentStore(_folder);
        store.Save([One]);
        Directory.CreateDirectory($"{Saved}.new"); // where the new file would be written first
        Assert.Throws<AttachmentsUnusableException>(() => store.Save([Two]));
        Assert.Equal([One], store.Read());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
