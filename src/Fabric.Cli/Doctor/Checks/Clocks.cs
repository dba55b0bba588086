using System.Globalization;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Is this host's clock kept right? Activations and ramps are judged by it.</summary>
internal sealed class HostClock : IDoctorCheck
{
    private static readonly TimeSpan MuchError = TimeSpan.FromMilliseconds(500);

    public string Name => "clock";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(
        Judge(ClockFacts.Read(), context is { IsLocal: true, Node.Table: { } path } ? TableInspection.Of(path)?.TaiOffset : null));

    internal static CheckResult Judge(ClockFacts? clock, TimeSpan? tableTai)
    {
        const string cure = "run a time service (systemd-timesyncd, chrony): hosts switch a flag that has a time each by its own clock";
        if (clock is null)
            return CheckResult.Skip("the kernel does not say");
        if (!clock.Synchronised)
            return CheckResult.Warn("nothing keeps this host's clock right, as far as the kernel knows", cure);
        if (clock.MaxError > MuchError)
            return CheckResult.Warn($"the clock may be wrong by {Milliseconds(clock.MaxError)}", cure);
        return tableTai is { } table && table != clock.TaiOffset
            ? CheckResult.Warn($"the kernel's table takes TAI for {table.TotalSeconds} s ahead, and it is {clock.TaiOffset.TotalSeconds} s", "start the node, which writes it every second")
            : CheckResult.Ok($"synchronised, wrong by at most {Milliseconds(clock.MaxError)}; TAI is {(clock.TaiOffset == TimeSpan.Zero ? "not told to the kernel, which is allowed for" : $"{clock.TaiOffset.TotalSeconds} s ahead")}");
    }

    internal static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)} ms";
}

/// <summary>Do the members' clocks agree? Apart, a flag that has a time turns on one host before it does on another.</summary>
internal sealed class MemberClocks : IDoctorCheck
{
    private static readonly TimeSpan FarApart = TimeSpan.FromMilliseconds(50);

    public string Name => "member clocks";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        await context.MembersAsync(token) is { } members ? Judge(members) : CheckResult.Skip("no node answers");

    internal static CheckResult Judge(IReadOnlyList<MemberFacts> members)
    {
        var told = members.Where(static member => member.Clock is not null).OrderBy(static member => member.Clock!.Value.Ahead).ToArray();
        if (told.Length < 2)
            return CheckResult.Skip(members.Count == 1 ? "it is the only member" : "fewer than two members told their time");
        var (slow, fast) = (told[0], told[^1]);
        var apart = fast.Clock!.Value.Ahead - slow.Clock!.Value.Ahead;
        var unsure = fast.Clock.Value.Uncertainty + slow.Clock.Value.Uncertainty;
        var finding = $"{fast.Name} is {HostClock.Milliseconds(apart)} ahead of {slow.Name}, give or take {HostClock.Milliseconds(unsure)}";
        if (apart - unsure > FarApart)
            return CheckResult.Warn(finding, "run a time service on every host: activations and ramps happen at different moments");
        return unsure > FarApart
            ? CheckResult.Skip($"{finding}: the answers took too long to tell more")
            : CheckResult.Ok(finding);
    }
}
