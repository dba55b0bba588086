using System.Text.Json;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Cli.Client;
using Fabric.Cli.Doctor;
using Fabric.Cli.Tests.Privileges;

namespace Fabric.Cli.Tests.Doctor;

/// <summary>Whole runs, on this very host.</summary>
public sealed class ExaminationTests
{
    [Fact]
    public async Task A_check_that_cannot_be_made_says_why_and_keeps_no_other()
    {
        using var session = new Session(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, false), [], "tester", json: false);
        var context = new DoctorContext(session, null, false, new KernelFacts(null, false, null, null, null, 38, null, false), null);

        var found = await Examination.RunAsync([new Broken(), new Sound()], context, TestContext.Current.CancellationToken);

        Assert.Equal(("broken", CheckResult.Skip("it could not be checked: the wire is cut")), found[0]);
        Assert.Equal(("sound", CheckResult.Ok("fine")), found[1]);
        Assert.Equal("doors", found[^1].Name);
    }

    [Fact]
    public async Task A_host_with_a_node_as_it_is_shipped_is_looked_at_as_a_whole()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for the kernel's table and to look at what is the node's");
        var folder = Directory.CreateTempSubdirectory("fabric-doctor-").FullName;
        var pins = $"/run/fabric/bpf/doctor-{Guid.NewGuid():N}";
        try
        {
            using var node = ShippedNode.Start(ShippedNode.Executable, "node", "--name", "a", "--data", folder, "--http", "127.0.0.1:0", "--table", $"{pins}/table");
            var url = await node.ReadyAsync();

            var doctor = await Cli.RunAsync("", "doctor", "--json", "--url", $"{url}");
            // The table is stamped a moment after the node is ready.
            for (var i = 0; i < 100 && Checks(doctor.Out)["table"].Status != "OK"; i++)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
                doctor = await Cli.RunAsync("", "doctor", "--json", "--url", $"{url}");
            }

            var checks = Checks(doctor.Out);
            foreach (var (name, (status, finding)) in checks)
                TestContext.Current.TestOutputHelper!.WriteLine($"{status,-5} {name,-18} {finding}");

            Assert.Equal(0, doctor.Code);
            Assert.Equal(
                ["node reachable", "node ready", "alarms", "node privileges", "limits", "members agree", "peers", "member clocks", "clock", "disk", "table", "pins", "rules", "override",
                    "kernel", "btf", "unprivileged-bpf", "lockdown", "security-modules", "optimised-probe", "doors"],
                checks.Keys);
            Assert.All(["node reachable", "node ready", "node privileges", "limits", "members agree", "peers"], name => Assert.Equal("OK", checks[name].Status));
            Assert.Contains("user root with CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF", checks["node privileges"].Finding, StringComparison.Ordinal);
            Assert.StartsWith($"{pins}/table (bpf), open to all, at revision ", checks["table"].Finding, StringComparison.Ordinal);
            Assert.Equal("OK", checks["table"].Status);
            Assert.Contains($"{pins}/table of root is a's at revision", checks["pins"].Finding, StringComparison.Ordinal);
            Assert.Contains($" free for {folder}, ", checks["disk"].Finding, StringComparison.Ordinal);
            Assert.Contains("a record is on the disk after", checks["disk"].Finding, StringComparison.Ordinal);
            Assert.StartsWith("open: shared, remote", checks["doors"].Finding, StringComparison.Ordinal);
            if (OverrideSupport.Probe().Supported)
                Assert.Equal("OK", checks["override"].Status);
            else
                Assert.StartsWith("this kernel refuses register writes", checks["override"].Finding, StringComparison.Ordinal);
            Assert.Equal(0, (await node.StopAsync()).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (Directory.Exists(pins))
                Directory.Delete(pins, recursive: true);
        }
    }

    [Fact]
    public async Task Members_are_asked_in_person_for_their_fabric_their_revision_and_their_time()
    {
        await using var node = new LiveNode();
        await node.InitializeAsync();
        var checks = Checks((await node.RunAsync("doctor", "-o", "json")).Out);

        Assert.Equal(("OK", "1 of 1 answer, at most 0 entries behind"), checks["peers"]);
        Assert.Equal(("SKIP", "it is the only member"), checks["member clocks"]);
    }

    [Fact]
    public void A_table_that_is_closed_somewhere_above_is_closed()
    {
        var folder = Directory.CreateTempSubdirectory("fabric-closed-").FullName;
        try
        {
            var file = Path.Combine(folder, "table");
            File.WriteAllText(file, "");
            Assert.Equal(folder, TableInspection.WhatIsClosed(file));
            Assert.Equal(0, Fabric.Bpf.Interop.Libc.chmod(folder, 0x1ed)); // rwxr-xr-x
            Assert.Null(TableInspection.WhatIsClosed(file));
            Assert.Equal(0, Fabric.Bpf.Interop.Libc.chmod(file, 0x180)); // rw-------
            Assert.Equal(file, TableInspection.WhatIsClosed(file));
            Assert.Null(TableInspection.Of(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, (string Status, string Finding)> Checks(string json) => JsonDocument.Parse(json).RootElement.GetProperty("checks").EnumerateArray().ToDictionary(
        static check => check.GetProperty("name").GetString()!,
        static check => (check.GetProperty("status").GetString()!, check.GetProperty("finding").GetString()!));

    private sealed class Broken : IDoctorCheck
    {
        public string Name => "broken";

        public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => throw new IOException("the wire is cut");
    }

    private sealed class Sound : IDoctorCheck
    {
        public string Name => "sound";

        public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(CheckResult.Ok("fine"));
    }
}
