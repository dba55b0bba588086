using System.Diagnostics;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Tests.Table;

/// <summary>A node that had a BPF table and now has a file: programs, which look for the pin first, go over to the file.</summary>
[Collection("kernel")]
public sealed class OutdatedPinTests : IDisposable
{
    private readonly Process _asking;

    public OutdatedPinTests()
    {
        // The usual places of a namespace of its own, so that this host's stay as they are.
        const string Places = "mount -t tmpfs tmpfs /run && mkdir -p /run/fabric/bpf && mount -t bpf bpf /run/fabric/bpf && echo ready && exec \"$0\"";
        _asking = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "sh", "-c", Places, Repository.Native("ask")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["FABRIC_TABLE"] = "" },
        })!;
        Assert.Equal("ready", _asking.StandardOutput.ReadLine());
    }

    private string Pin => $"/proc/{_asking.Id}/root/run/fabric/bpf/table";

    private string Usual => $"/proc/{_asking.Id}/root/run/fabric/table";

    [Fact]
    public void Programs_go_over_to_the_file_once_it_has_answers()
    {
        var owner = TestTables.Owner();
        using (var pinned = new FlagTable(BpfTableMemory.OpenOrCreate(Pin, owner), static _ => throw new UnreachableException()))
            pinned.Reconcile(1, TestTables.Set(1, ("a", TestTables.Boolean(true))));
        Assert.Equal("on", Ask());

        using var file = new FlagTable(FileTableMemory.OpenOrCreate(Usual, owner), static _ => throw new UnreachableException()) { Before = OutdatedPin.Find(Pin, owner) };
        Assert.Equal("on", Ask());
        Assert.True(File.Exists(Pin));

        file.Reconcile(2, TestTables.Set(2, ("a", TestTables.Boolean(false))));
        Assert.False(File.Exists(Pin));
        // A program looks for another table once a second at most.
        for (var i = 0; i < 300 && Ask() != "off"; i++)
            Thread.Sleep(100);
        Assert.Equal("off", Ask());
    }

    [Fact]
    public void The_pin_of_another_node_or_fabric_is_nothing_to_leave()
    {
        Assert.Null(OutdatedPin.Find(Pin, TestTables.Owner()));
        using var pinned = BpfTableMemory.OpenOrCreate(Pin, TestTables.Owner(node: "b"));
        Assert.Null(OutdatedPin.Find(Pin, TestTables.Owner()));
        Assert.Null(OutdatedPin.Find(Pin, new TableOwner(Guid.NewGuid(), "b", 64)));
        Assert.NotNull(OutdatedPin.Find(Pin, TestTables.Owner(capacity: 128, node: "b")));
    }

    public void Dispose()
    {
        _asking.Kill();
        _asking.WaitForExit();
        _asking.Dispose();
    }

    /// <summary>The variant that the running program is given.</summary>
    private string Ask()
    {
        _asking.StandardInput.WriteLine("a");
        _asking.StandardInput.Flush();
        return _asking.StandardOutput.ReadLine()!.Split(' ')[2];
    }
}
