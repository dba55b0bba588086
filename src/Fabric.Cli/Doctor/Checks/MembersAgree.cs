using Fabric.Cli.Client;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Do the members hold the same, where they can be compared?</summary>
internal sealed class MembersAgree : IDoctorCheck
{
    public string Name => "members agree";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        context.Node is not null && await context.Session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), token) is { IsSuccess: true } reply
            ? Judge([.. reply.Json.GetProperty("diverged").EnumerateArray().Select(static pair => pair.GetString()!)], reply.Json.GetProperty("members").GetArrayLength())
            : CheckResult.Skip("no node answers");

    internal static CheckResult Judge(IReadOnlyList<string> diverged, int members) => diverged.Count > 0
        ? CheckResult.Fail(diverged[0], "stop writing, keep the data folders of both members, and report it")
        : CheckResult.Ok(members == 1 ? "it is the only member" : "digests are equal where they can be compared");
}
