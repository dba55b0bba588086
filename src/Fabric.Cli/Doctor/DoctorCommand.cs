using System.CommandLine;
using System.Text.Json;
using Fabric.Bpf.Support;
using Fabric.Cli.Client;
using Fabric.Cli.Doctor.Checks;
using Fabric.Cli.Output;

namespace Fabric.Cli.Doctor;

/// <summary><c>fabric doctor</c>: what works here, what does not, and the cure.</summary>
internal static class DoctorCommand
{
    /// <summary>In the order they are printed; the first that fails is the one to cure first.</summary>
    private static readonly IDoctorCheck[] Checks =
    [
        new NodeReachable(),
        new NodeReady(),
        new MembersAgree(),
        new TableReadable(),
        new OverrideDoor(),
        new DiskFree(),
    ];

    public static Command Build(ClientOptions client) =>
        client.On(client.Run(new Command("doctor", "Look for what is wrong and say the cure. Exits 1 when something fails."), RunAsync));

    private static async Task<int> RunAsync(ParseResult parse, Session session, CancellationToken token)
    {
        var node = await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/node"), token);
        var context = new DoctorContext(session, node is { IsSuccess: true } ? node.Json : null, node?.Endpoint.IsLoopback ?? false);
        var results = new List<(string Name, CheckResult Result)>();
        foreach (var check in Checks)
            results.Add((check.Name, await check.RunAsync(context, token)));
        results.AddRange(HostResults(context));

        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(ToJson(results));
        else
            Show(session, results);
        return results.Exists(found => found.Result.Status == CheckStatus.Fail) ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>What this host's kernel can do, where it is the node's host too; a node that answers tells of its door itself.</summary>
    private static IEnumerable<(string Name, CheckResult Result)> HostResults(DoctorContext context)
    {
        if (context.Node is not null && !context.IsLocal)
            return [];
        var checks = context.Node is null ? HostChecks.OfKernel().Append(HostChecks.Override(OverrideSupport.Probe())) : HostChecks.OfKernel();
        return checks.Select(static check => (check.Name, new CheckResult(check.Status, check.Detail, check.Cure)));
    }

    private static void Show(Session session, List<(string Name, CheckResult Result)> results)
    {
        var grid = new Grid("", "CHECK", "FINDING");
        foreach (var (name, result) in results)
        {
            grid.Add(result.Status.ToString().ToUpperInvariant(), name, result.Finding);
            if (result.Cure is not null)
                grid.Add("", "", $"cure: {result.Cure}");
        }

        grid.WriteTo(session.Terminal);
    }

    private static string ToJson(List<(string Name, CheckResult Result)> results)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("checks");
            foreach (var (name, result) in results)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("status", result.Status.ToString().ToUpperInvariant());
                writer.WriteString("finding", result.Finding);
                writer.WriteString("cure", result.Cure);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
