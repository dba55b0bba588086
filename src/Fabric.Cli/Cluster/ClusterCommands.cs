using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Cluster;

/// <summary><c>fabric cluster …</c></summary>
internal static class ClusterCommands
{
    public static Command Build(ClientOptions client) => client.On(new Command("cluster", "Look at the fabric as a whole.")
    {
        client.Run(new Command("status", "Show all members side by side. Exits 1 when members have diverged, 5 without a leader."),
            (_, session, token) => StatusAsync(session, token)),
    });

    private static async Task<int> StatusAsync(Session session, CancellationToken token)
    {
        Reply? seen = null;
        var code = await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), reply => Show(session, seen = reply), token);
        if (code != ExitCode.Ok || seen is null)
            return code;

        foreach (var pair in seen.Json.GetProperty("diverged").EnumerateArray())
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: DIVERGED: {pair.GetString()}"));
        if (seen.Json.GetProperty("diverged").GetArrayLength() > 0)
            return ExitCode.Failed;
        if (seen.Part("leader") is not null)
            return ExitCode.Ok;
        await session.Terminal.Error.WriteLineAsync("fabric: no leader is known: writes wait for a majority of the members");
        return ExitCode.NoLeader;
    }

    private static Task Show(Session session, Reply reply)
    {
        var grid = new Grid("NAME", "ROLE", "READY", "REVISION", "APPLIED", "COMMITTED", "TABLE", "DIGEST", "KIND", "HTTP");
        foreach (var member in reply.Json.GetProperty("members").EnumerateArray())
        {
            var role = member.GetProperty("reachable").GetBoolean() ? Cell(member, "role") : "unreachable";
            grid.Add(Cell(member, "name"), role, Cell(member, "ready"), Cell(member, "revision"), Cell(member, "appliedRevision"), Cell(member, "commitRevision"),
                Cell(member, "tableRevision"), Cell(member, "tableDigest"), Cell(member, "tableKind"), Cell(member, "http"));
        }

        grid.WriteTo(session.Terminal);
        ShowObservers(session, reply);
        return Task.CompletedTask;
    }

    private static void ShowObservers(Session session, Reply reply)
    {
        var observers = reply.Json.GetProperty("hosts").EnumerateArray().Where(static host => !host.GetProperty("voter").GetBoolean()).ToArray();
        if (observers.Length == 0)
            return;
        var grid = new Grid("OBSERVER", "CONNECTED", "APPLIED", "TABLE", "LAST HEARD", "HTTP");
        foreach (var host in observers)
            grid.Add(Cell(host, "name"), Cell(host, "connected"), Cell(host, "appliedRevision"), Cell(host, "tableRevision"), Cell(host, "lastHeard"), Cell(host, "http"));
        session.Terminal.Out.WriteLine();
        grid.WriteTo(session.Terminal);
    }

    private static string Cell(JsonElement member, string name) => member.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Null } => "-",
        { ValueKind: JsonValueKind.True } => "yes",
        { ValueKind: JsonValueKind.False } => "no",
        var value => value.ToString(),
    };
}
