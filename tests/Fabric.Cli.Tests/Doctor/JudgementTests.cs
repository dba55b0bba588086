using Fabric.Bpf.Privileges;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Cli.Doctor;
using Fabric.Cli.Doctor.Checks;
using Fabric.Cli.Doctor.Facts;
using Fabric.Raft.Log;

namespace Fabric.Cli.Tests.Doctor;

/// <summary>What each check makes of what was found; what a host really says is in ExaminationTests.</summary>
public sealed class JudgementTests
{
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private static NodeFacts Node => new()
    {
        Name = "a", Pid = 1, Role = "leader", Leader = "a", Fabric = Id, Revision = 7, AppliedRevision = 9, Table = "/run/fabric/bpf/table", TableKind = "bpf",
        TableRevision = 9, CanOverride = true, Privileges = (0, NodePrivileges.Usual.Names, true),
    };

    private static TableInspection Inspection => new(TableKind.Bpf, Id, "a", 9, false, TimeSpan.FromSeconds(1), TimeSpan.Zero);

    private static MemberFacts Member(string name, long revision = 9, double aheadMs = 0, double unsureMs = 1) =>
        new(name, null, Id, revision, new ClockDifference(TimeSpan.FromMilliseconds(aheadMs), TimeSpan.FromMilliseconds(unsureMs)));

    private static MemberFacts Missing(string name) => new(name, "10.0.0.2:7401 does not answer this host");

    [Fact]
    public void A_node_that_does_not_answer_is_broken_where_somebody_named_it_and_otherwise_not_there_yet()
    {
        Is(CheckStatus.Ok, "a answers, pid 1, leader", NodeReachable.Judge(Node, false, "x"));
        Is(CheckStatus.Fail, "no node answers at x:1", NodeReachable.Judge(null, false, "x:1"));
        Is(CheckStatus.Warn, "the host alone", NodeReachable.Judge(null, true, "x:1"));
    }

    [Fact]
    public void A_node_that_is_not_ready_is_broken()
    {
        Is(CheckStatus.Ok, "revision 7, leader a", NodeReady.Judge(Node));
        Is(CheckStatus.Fail, "no leader is known", NodeReady.Judge(Node with { NotReady = "no leader is known" }));
        Is(CheckStatus.Skip, "no node answers", NodeReady.Judge(null));
    }

    [Fact]
    public void An_alarm_of_any_voter_or_of_the_node_itself_is_told_with_its_cure()
    {
        AlarmFacts low = new("b", "disk-low", DateTimeOffset.UnixEpoch, "20 MiB are free", "free some"), slow = low with { Host = "a", Kind = "disk-slow" };
        Is(CheckStatus.Ok, "none", Alarms.Judge([], []));
        Is(CheckStatus.Skip, "gives no alarms", Alarms.Judge(null, []));
        Is(CheckStatus.Warn, "disk-slow on a", Alarms.Judge([slow], [slow]));
        Is(CheckStatus.Fail, "disk-low on b since 1970-01-01 00:00:00Z: 20 MiB are free; and 1 more: disk-slow on a", Alarms.Judge([low], [slow]));
        Assert.Equal("free some", Alarms.Judge([low], []).Cure);
    }

    [Fact]
    public void A_node_holds_what_it_needs_and_no_more()
    {
        Is(CheckStatus.Ok, "user root with CAP_DAC_READ_SEARCH", NodePrivilegesHeld.Judge(Node));
        Is(CheckStatus.Warn, "1 capabilities that it does not need, CAP_SYS_ADMIN", NodePrivilegesHeld.Judge(Node with { Privileges = (0, [.. NodePrivileges.Usual.Names, "CAP_SYS_ADMIN"], true) }));
        Is(CheckStatus.Warn, "could gain more", NodePrivilegesHeld.Judge(Node with { Privileges = (0, NodePrivileges.Usual.Names, false) }));
        Is(CheckStatus.Warn, "no capabilities: the table is a file", NodePrivilegesHeld.Judge(Node with { Privileges = (65534, [], false) }));
        Is(CheckStatus.Skip, "does not say", NodePrivilegesHeld.Judge(Node with { Privileges = null }));
    }

    [Theory]
    [InlineData(65536L, null, 0L, CheckStatus.Ok, "65536 files, memory not bounded")]
    [InlineData(null, 1L << 30, 1L << 20, CheckStatus.Ok, "any number of files, 1024 MiB of memory")]
    [InlineData(1024L, null, 0L, CheckStatus.Warn, "1024 files")]
    [InlineData(65536L, 1L << 20, 0L, CheckStatus.Warn, "has 1 MiB of memory")]
    [InlineData(65536L, 1L << 30, 1L << 30, CheckStatus.Warn, "uses 1024 MiB of 1024 MiB")]
    public void A_node_has_room_for_connections_and_memory(long? files, long? memory, long used, CheckStatus status, string says) =>
        Is(status, says, Limits.Judge(new LimitFacts(files, memory, used)));

    [Fact]
    public void Members_that_differ_at_one_revision_are_broken()
    {
        Is(CheckStatus.Ok, "digests are equal", MembersAgree.Judge([], 3));
        Is(CheckStatus.Fail, "a and b have different states", MembersAgree.Judge(["a and b have different states at revision 4"], 3));
    }

    [Fact]
    public void Peers_are_there_of_one_fabric_and_up_to_date()
    {
        Is(CheckStatus.Ok, "3 of 3 answer, at most 5 entries behind", Peers.Judge([Member("a", 9), Member("b", 4), Member("c", 9)]));
        Is(CheckStatus.Warn, "b is 991 entries behind", Peers.Judge([Member("a", 1000), Member("b", 9), Member("c", 1000)]));
        Is(CheckStatus.Warn, "one more, and nothing can be written", Peers.Judge([Member("a"), Missing("b"), Member("c")]));
        Is(CheckStatus.Fail, "nothing can be written", Peers.Judge([Member("a"), Missing("b"), Missing("c")]));
        Is(CheckStatus.Warn, "b: 10.0.0.2:7401 does not answer this host, though it answers the node", Peers.Judge([Member("a"), Missing("b") with { AnswersNode = true }, Missing("c") with { AnswersNode = true }]));
        Is(CheckStatus.Fail, "b is of 99999999", Peers.Judge([Member("a"), Member("b") with { Fabric = Guid.Parse("99999999-2222-3333-4444-555555555555") }]));
    }

    [Fact]
    public void Clocks_of_members_may_be_50_ms_apart_beyond_what_is_uncertain()
    {
        Is(CheckStatus.Ok, "b is 49 ms ahead of a, give or take 2 ms", MemberClocks.Judge([Member("a"), Member("b", aheadMs: 49)]));
        Is(CheckStatus.Ok, "b is 51 ms ahead", MemberClocks.Judge([Member("a"), Member("b", aheadMs: 51)]));
        Is(CheckStatus.Warn, "a is 60 ms ahead of b", MemberClocks.Judge([Member("a"), Member("b", aheadMs: -60), Missing("c")]));
        Is(CheckStatus.Skip, "took too long", MemberClocks.Judge([Member("a"), Member("b", aheadMs: 60, unsureMs: 70)]));
        Is(CheckStatus.Skip, "only member", MemberClocks.Judge([Member("a")]));
        Is(CheckStatus.Skip, "fewer than two", MemberClocks.Judge([Member("a"), Missing("b"), Missing("c")]));
    }

    [Fact]
    public void The_hosts_clock_is_kept_right_and_the_table_knows_of_leap_seconds()
    {
        var kept = new ClockFacts(true, TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(37));
        Is(CheckStatus.Ok, "wrong by at most 3 ms; TAI is 37 s ahead", HostClock.Judge(kept, TimeSpan.FromSeconds(37)));
        Is(CheckStatus.Ok, "not told to the kernel", HostClock.Judge(kept with { TaiOffset = TimeSpan.Zero }, null));
        Is(CheckStatus.Warn, "nothing keeps", HostClock.Judge(kept with { Synchronised = false }, null));
        Is(CheckStatus.Warn, "may be wrong by 501 ms", HostClock.Judge(kept with { MaxError = TimeSpan.FromMilliseconds(501) }, null));
        Is(CheckStatus.Warn, "takes TAI for 0 s ahead, and it is 37 s", HostClock.Judge(kept, TimeSpan.Zero));
        Is(CheckStatus.Skip, "does not say", HostClock.Judge(null, null));
    }

    [Fact]
    public void A_disk_has_room_keeps_what_is_written_and_is_fast()
    {
        var good = new DiskProbe("ext4", 10L << 30, TimeSpan.FromMilliseconds(2), null);
        Is(CheckStatus.Ok, "10240 MiB free for /data, ext4, a record is on the disk after 2 ms", Disk.Judge("/data", good));
        Is(CheckStatus.Fail, "255 MiB free", Disk.Judge("/data", good with { FreeBytes = 255L << 20 }));
        Is(CheckStatus.Warn, "1023 MiB free", Disk.Judge("/data", good with { FreeBytes = 1023L << 20 }));
        Is(CheckStatus.Warn, "after 20.001 ms", Disk.Judge("/data", good with { Flush = TimeSpan.FromMilliseconds(20.001) }));
        Is(CheckStatus.Warn, "tmpfs is memory", Disk.Judge("/data", good with { FileSystem = "tmpfs" }));
        Is(CheckStatus.Ok, "not measured: it is closed", Disk.Judge("/data", good with { Flush = null, WhyNoFlush = "it is closed" }));
    }

    [Fact]
    public void The_table_is_the_nodes_open_to_all_and_equal_to_the_log()
    {
        var facts = new TableFacts("/t", Inspection, null);
        Is(CheckStatus.Ok, "/t (bpf), open to all, at revision 9 like the log, in touch 1.0 s ago", Table.Judge(Node, facts));
        Is(CheckStatus.Fail, "/run is closed to other users' programs", Table.Judge(Node, facts with { Closed = "/run" }));
        Is(CheckStatus.Fail, "no table at /t that can be read", Table.Judge(Node, facts with { Inspection = null }));
        Is(CheckStatus.Fail, "is retired", Table.Judge(Node, facts with { Inspection = Inspection with { Retired = true } }));
        Is(CheckStatus.Fail, "is b's of fabric", Table.Judge(Node, facts with { Inspection = Inspection with { Node = "b" } }));
        Is(CheckStatus.Fail, "programs see revision 8, and the log is applied up to 9", Table.Judge(Node, facts with { Inspection = Inspection with { Revision = 8 } }));
        Is(CheckStatus.Warn, "not in touch with the fabric for 11 s", Table.Judge(Node, facts with { Inspection = Inspection with { SinceContact = TimeSpan.FromSeconds(11) } }));
        Is(CheckStatus.Warn, "not in touch with the fabric: flags", Table.Judge(Node, facts with { Inspection = Inspection with { SinceContact = null } }));
        Is(CheckStatus.Warn, "it is a file: no rights", Table.Judge(Node with { TableIsFileBecause = "no rights" }, facts with { Inspection = Inspection with { Kind = TableKind.File } }));
    }

    [Fact]
    public void A_pin_that_nobody_writes_any_more_is_named_with_what_removes_it()
    {
        var living = new Pins.Pin("/p/table", "root", Inspection, 0);
        var dead = new Pins.Pin("/p/b/table", "shop", Inspection with { Node = "b", SinceContact = TimeSpan.FromHours(30) }, 2);
        Is(CheckStatus.Skip, "no BPF file system", Pins.Judge(null));
        Is(CheckStatus.Ok, "no table is pinned", Pins.Judge([]));
        Is(CheckStatus.Ok, "/p/table of root is a's at revision 9, in touch", Pins.Judge([living]));
        var found = Is(CheckStatus.Warn, "/p/b/table of shop is b's at revision 9, not in touch for 1.06:00:00, with 2 more pins", Pins.Judge([living, dead]));
        Assert.EndsWith("rm /p/b/table", found.Cure, StringComparison.Ordinal);
        Is(CheckStatus.Warn, "is of another version, or no table", Pins.Judge([living with { Table = null }]));
    }

    [Fact]
    public void Rules_that_found_no_memory_are_told_of()
    {
        Is(CheckStatus.Skip, "no node says", RuleMemory.Judge(null));
        Is(CheckStatus.Ok, "no call", RuleMemory.Judge(0));
        Is(CheckStatus.Warn, "3 calls by the override door kept their program's own default", RuleMemory.Judge(3));
    }

    [Fact]
    public void An_override_is_what_was_proven_by_the_node_or_here()
    {
        var able = new OverrideSupport(OverrideObstacle.None, null, null);
        var unable = new OverrideSupport(OverrideObstacle.NoRegisterWrites, "this kernel refuses register writes: no", "boot another");
        var without = Node with { CanOverride = false, WhyNoOverride = "no rights" };
        Is(CheckStatus.Ok, "proven just now", Override.Judge(Node, able));
        Is(CheckStatus.Ok, "the node can", Override.Judge(Node, null));
        Is(CheckStatus.Warn, "the kernel can, and the node cannot: no rights", Override.Judge(without, able));
        Is(CheckStatus.Warn, "no rights", Override.Judge(without, unable));
        Is(CheckStatus.Ok, "a function of our own was overridden", Override.Judge(null, able));
        Is(CheckStatus.Warn, "this kernel refuses register writes", Override.Judge(null, unable));
        Is(CheckStatus.Skip, "no node answers", Override.Judge(null, null));
    }

    [Fact]
    public void The_doors_are_what_the_checks_come_to()
    {
        var (ok, warn, fail) = (CheckResult.Ok("x"), CheckResult.Warn("x", "y"), CheckResult.Fail("x", "y"));
        Is(CheckStatus.Ok, "open: shared, remote, override; not open: none", Doors.Judge(Found(ok, ok, ok)));
        Is(CheckStatus.Warn, "open: shared, remote; not open: override", Doors.Judge(Found(warn, ok, warn)));
        Is(CheckStatus.Warn, "open: override; not open: shared, remote", Doors.Judge(Found(fail, fail, ok)));

        static Dictionary<string, CheckResult> Found(CheckResult table, CheckResult ready, CheckResult overriding) =>
            new() { ["table"] = table, ["node ready"] = ready, ["override"] = overriding };
    }

    private static CheckResult Is(CheckStatus status, string says, CheckResult found)
    {
        Assert.Contains(says, found.Finding, StringComparison.Ordinal);
        Assert.Equal(status, found.Status);
        Assert.Equal(status is CheckStatus.Warn or CheckStatus.Fail, found.Cure is not null);
        return found;
    }
}
