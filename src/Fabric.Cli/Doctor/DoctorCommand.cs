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
    private const string About =
        """
        Look for what is wrong here, and say the cure.

        It looks at a node, its members and this host; without a node, at this host alone. Each check is OK, WARN where
        something can be done without, FAIL where something is broken, or SKIP with the reason why it could not be made.
        It exits 0 when nothing failed. Run it as the node's user or as root: others may not look at everything.
        """;

    private static readonly Option<string?> Data = new("--data") { Description = "The log's folder on this host, to look at its disk [the node's own]", HelpName = "DIR" };
    private static readonly Option<bool> Json = new("--json") { Description = "The same as --output json" };

    /// <summary>In the order they are printed; the first that fails is the one to cure first.</summary>
    private static readonly IDoctorCheck[] Checks =
    [
        new NodeReachable(),
        new NodeReady(),
        new Alarms(),
        new NodePrivilegesHeld(),
        new Limits(),
        new MembersAgree(),
        new Peers(),
        new MemberClocks(),
        new HostClock(),
        new Disk(),
        new Table(),
        new Pins(),
        new RuleMemory(),
        new Override(),
    ];

    public static Command Build(ClientOptions client)
    {
        var command = new Command("doctor", About) { Data, Json };
        return client.On(client.Run(command, RunAsync));
    }

    private static async Task<int> RunAsync(ParseResult parse, Session session, CancellationToken token)
    {
        var context = await DoctorContext.GatherAsync(session, parse.GetValue(Data), token);
        var results = await Examination.RunAsync(Checks, context, token);
        if (session.Json || parse.GetValue(Json))
            await session.Terminal.Out.WriteLineAsync(ToJson(results));
        else
            Show(session, results);
        return results.Any(static found => found.Result.Status == CheckStatus.Fail) ? ExitCode.Failed : ExitCode.Ok;
    }

    private static void Show(Session session, IReadOnlyList<(string Name, CheckResult Result)> results)
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

    private static string ToJson(IReadOnlyList<(string Name, CheckResult Result)> results)
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
