using Fabric.Bpf.Support;
using Fabric.Cli.Doctor.Checks;

namespace Fabric.Cli.Doctor;

/// <summary>Makes every check, whatever becomes of the others.</summary>
internal static class Examination
{
    public static async Task<IReadOnlyList<(string Name, CheckResult Result)>> RunAsync(IEnumerable<IDoctorCheck> checks, DoctorContext context, CancellationToken token)
    {
        var results = new List<(string Name, CheckResult Result)>();
        foreach (var check in checks)
            results.Add((check.Name, await TryAsync(check, context, token)));
        if (context.LooksHere)
            results.AddRange(HostChecks.Of(context.Kernel).Where(check => context.Node is null || check.Name != HostChecks.CapabilitiesName).Select(static check => (check.Name, new CheckResult(check.Status, check.Detail, check.Cure))));
        results.Add((Doors.Name, Doors.Judge(results.ToDictionary(static found => found.Name, static found => found.Result))));
        return results;
    }

    private static async Task<CheckResult> TryAsync(IDoctorCheck check, DoctorContext context, CancellationToken token)
    {
        try
        {
            return await check.RunAsync(context, token);
        }
#pragma warning disable CA1031 // Whatever keeps one check from being made must not keep the others.
        catch (Exception failed) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return CheckResult.Skip($"it could not be checked: {failed.Message}");
        }
    }
}
