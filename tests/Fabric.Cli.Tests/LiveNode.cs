using Fabric.Cli.Node;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;
using Fabric.Flags.Attachments;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Cli.Tests;

/// <summary>One real node that a class of tests shares, and the command line in this process.</summary>
public sealed class LiveNode : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-cli-").FullName;
    private NodeHost _host = null!;

    public string Url => _host.Addresses[0].GetLeftPart(UriPartial.Authority);

    public string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        // Programs of other users find the table.
        Assert.Equal(0, Libc.chmod(_folder, 0x1ed)); // rwxr-xr-x
        var (options, _) = NodeOptionsReader.Read(new NodeSettings { Name = "a", Data = _folder, Http = ["127.0.0.1:0"], Table = Path.Combine(_folder, "table"), Capacity = "40" });
        var parts = HostParts.Of(options!) with { Logging = _ => { }, Door = new Refusing() };
        _host = await NodeHost.StartAsync(options!, parts, TestContext.Current.CancellationToken);
        await _host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a command against this node.</summary>
    public Task<Ran> RunAsync(params string[] args) => Cli.RunAsync("", [.. args, "--url", Url]);

    public Task<Ran> RunWithInputAsync(string input, params string[] args) => Cli.RunAsync(input, [.. args, "--url", Url]);

    /// <summary>Attaches what is named fine, finds nothing below /absent, and refuses the rest.</summary>
    private sealed class Refusing : IOverrideDoor
    {
        private volatile Attachment[] _list = [];

        public event Action? Changed;

        public void Want(IReadOnlyList<AttachmentRequest> wanted)
        {
            _list = [.. wanted.Where(static request => request.Symbol != "slow").Select(Look)];
            Changed?.Invoke();
        }

        private static Attachment Look(AttachmentRequest request) => request switch
        {
            { Symbol: "fine" } => new(request, AttachmentState.Attached, null,
            [
                new(request.Exe, null, 1, 1, "00112233", AttachmentState.Attached, null, ProbeKind.Nop5, AttachmentAbi.C, 64),
                new("/proc/7/root" + request.Exe, "/pod/a", 1, 2, "44556677", AttachmentState.Attached, null, ProbeKind.Int3, AttachmentAbi.C, 64),
                new("/proc/8/root" + request.Exe, "/pod/b", 1, 3, "44556677", AttachmentState.Attached, null, ProbeKind.Int3, AttachmentAbi.C, 64),
            ]),
            { Exe: "/absent" } => new(request, AttachmentState.Absent, "there is no file /absent", []),
            _ => Attachment.Refused(request, $"there is no symbol {request.Symbol}"),
        };

        public IReadOnlyList<Attachment> List() => _list;

        public Task SettledAsync(CancellationToken token) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}

/// <summary>What a command left behind.</summary>
public sealed record Ran(int Code, string Out, string Error);

internal static class Cli
{
    public static Task<Ran> RunAsync(string input, params string[] args) => RunAsync(input, TestContext.Current.CancellationToken, args);

    public static async Task<Ran> RunAsync(string input, CancellationToken token, params string[] args)
    {
        using var reader = new StringReader(input);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await FabricCommand.RunAsync(args, new Terminal(reader, output, errors, IsInteractive: false), HostParts.Of, token);
        return new Ran(code, output.ToString(), errors.ToString());
    }
}
