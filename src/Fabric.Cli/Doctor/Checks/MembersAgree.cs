using Fabric.Bpf.Support;
using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Are all members there, and do they hold the same?</summary>
internal sealed class MembersAgree : IDoctorCheck
{
    public string Name => "members agree";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token)
    {
        if (context.Node is null || await context.Session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), token) is not { IsSuccess: true } reply)
            return new CheckResult(CheckStatus.Skip, "the node does not answer");

        if (reply.Json.GetProperty("diverged") is var diverged && diverged.GetArrayLength() > 0)
            return new CheckResult(CheckStatus.Fail, $"{diverged[0]}", "stop writing, keep the data folders of both members, and report it");
        var members = reply.Json.GetProperty("members").EnumerateArray().ToArray();
        var missing = members.Where(member => !member.GetProperty("reachable").GetBoolean()).Select(NameOf).ToArray();
        return missing.Length == 0
            ? new CheckResult(CheckStatus.Ok, $"{members.Length} of {members.Length} answer, with equal digests where they can be compared")
            : new CheckResult(CheckStatus.Warn, $"{string.Join(", ", missing)} cannot be reached", "start them, or mend the network between the members");
    }

    private static string NameOf(JsonElement member) => member.GetProperty("name").GetString()!;
}
