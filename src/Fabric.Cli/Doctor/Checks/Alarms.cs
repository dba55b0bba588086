using Fabric.Cli.Client;
using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Does any member of the fabric give alarm?</summary>
internal sealed class Alarms : IDoctorCheck
{
    /// <summary>A slow disk keeps nobody from his work.</summary>
    private const string Slow = "disk-slow";

    public string Name => "alarms";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        context.Node is null || await context.Session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), token) is not { IsSuccess: true } reply
            ? CheckResult.Skip("no node answers")
            : Judge(AlarmFacts.Read(reply.Json), context.Node.Alarms);

    /// <param name="fabric">The alarms of all voters; null from a node that knows of none.</param>
    /// <param name="own">Those of the node that was asked, which may not vote.</param>
    internal static CheckResult Judge(IReadOnlyList<AlarmFacts>? fabric, IReadOnlyList<AlarmFacts>? own)
    {
        if (fabric is null || own is null)
            return CheckResult.Skip("the node is of a build that gives no alarms");
        var all = fabric.Concat(own.Where(alarm => !fabric.Any(known => known.Host == alarm.Host && known.Kind == alarm.Kind))).ToArray();
        if (all.Length == 0)
            return CheckResult.Ok("none");
        var (first, more) = (all[0], all.Length == 1 ? "" : $"; and {all.Length - 1} more: {string.Join(", ", all.Skip(1).Select(static alarm => $"{alarm.Kind} on {alarm.Host}"))}");
        var finding = $"{first.Kind} on {first.Host} since {first.Since:u}: {first.Detail}{more}";
        return all.All(static alarm => alarm.Kind == Slow) ? CheckResult.Warn(finding, first.Cure) : CheckResult.Fail(finding, first.Cure);
    }
}
