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
        Change(client, "remove", HttpMethod.Delete, "", "is not part of the fabric any more",
            "Take a host that does not vote out of the fabric. It is fed no more; with its data folder deleted it may join again."),
        Change(client, "replace", HttpMethod.Post, "/replace", "votes with its new data folder",
            "Give a voter's vote to its new, empty data folder, after the old one was lost. The voter must run; the other two must be up."),
        MembershipCommands.Join(client),
        MembershipCommands.Promote(client),
        MembershipCommands.TransferLeader(client),
    });

    private static Command Change(ClientOptions client, string verb, HttpMethod method, string suffix, string done, string about)
    {
        var name = new Argument<string>("name") { Description = "The host's name" };
        return client.Run(new Command(verb, about) { name }, (parse, session, token) =>
        {
            var host = parse.GetRequiredValue(name);
            return session.SendAsync(new Call(method, $"/api/v1/cluster/hosts/{Uri.EscapeDataString(host)}{suffix}") { Timeout = MembershipCommands.ChangingHands },
                _ => session.PrintAsync($"{host} {done}"), token);
        });
    }

    private static async Task<int> StatusAsync(Session session, CancellationToken token)
    {
        Reply? seen = null;
        var code = await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), reply => Show(session, seen = reply), token);
        if (code != ExitCode.Ok || seen is null)
            return code;

        foreach (var pair in seen.Json.GetProperty("diverged").EnumerateArray())
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: DIVERGED: {pair.GetString()}"));
        foreach (var alarm in Doctor.Facts.AlarmFacts.Read(seen.Json) ?? [])
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: ALARM {alarm.Kind} on {alarm.Host} since {alarm.Since:u}: {alarm.Detail}; {alarm.Cure}"));
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
