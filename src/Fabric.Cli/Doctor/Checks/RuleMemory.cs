using System.Globalization;
using Fabric.Cli.Client;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Had the kernel memory whenever a rule was to be evaluated in it?</summary>
internal sealed class RuleMemory : IDoctorCheck
{
    public string Name => "rules";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token)
    {
        var reply = context.Node is null ? null : await context.Session.SendAsync(new Call(HttpMethod.Get, "/api/v1/usage?limit=1"), token);
        return Judge(reply is { IsSuccess: true } && reply.Json.GetProperty("hosts")[0].TryGetProperty("outOfMemory", out var calls) ? calls.GetInt64() : null);
    }

    /// <param name="calls">Calls that kept their program's own default; null where no node says.</param>
    internal static CheckResult Judge(long? calls) => calls switch
    {
        null => CheckResult.Skip("no node says whether rules found memory"),
        0 => CheckResult.Ok("no call by the override door went without memory for its rule"),
        { } some => CheckResult.Warn($"{some.ToString(CultureInfo.InvariantCulture)} calls by the override door kept their program's own default: the kernel had no memory to evaluate a rule in",
            "give the host more memory, or let those programs ask through the library, which takes none of the kernel's"),
    };
}
