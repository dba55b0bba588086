using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Cluster;

/// <summary>The parts of <c>fabric cluster</c> that change who votes and who leads.</summary>
internal static class MembershipCommands
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longer than a node waits for a vote to have changed hands.</summary>
    public static readonly TimeSpan ChangingHands = TimeSpan.FromSeconds(40);

    public static Command Join(ClientOptions client)
    {
        var name = new Argument<string>("name") { Description = "The host's name" };
        var timeout = new Option<int>("--timeout") { Description = "How long to wait for it, in seconds", DefaultValueFactory = static _ => 60, HelpName = "SECONDS" };
        return client.Run(
            new Command("join", "Wait until a host that was started with --join is part of the fabric. It joins by being started: fabric node --name NAME … --join URL.") { name, timeout },
            (parse, session, token) => JoinAsync(session, parse.GetRequiredValue(name), TimeSpan.FromSeconds(parse.GetValue(timeout)), token));
    }

    public static Command Promote(ClientOptions client)
    {
        var name = new Argument<string>("name") { Description = "The observer's name; it runs with --raft ADDRESS:PORT" };
        var replaces = new Option<string?>("--replaces") { Description = "The voter that loses its vote; not needed where one does not answer", HelpName = "NAME" };
        return client.Run(
            new Command("promote", "Give an observer the vote of one of three voters. The other two must be up; the data folder that loses its vote never votes again.") { name, replaces },
            (parse, session, token) =>
            {
                var (host, loser) = (parse.GetRequiredValue(name), parse.GetValue(replaces));
                var query = loser is null ? "" : $"?replaces={Uri.EscapeDataString(loser)}";
                return session.SendAsync(new Call(HttpMethod.Post, $"/api/v1/cluster/hosts/{Uri.EscapeDataString(host)}/promote{query}") { Timeout = ChangingHands },
                    _ => session.PrintAsync($"{host} votes"), token);
            });
    }

    public static Command TransferLeader(ClientOptions client)
    {
        var to = new Argument<string?>("name") { Description = "The voter that is to lead; left out, the one that has most of the log", Arity = ArgumentArity.ZeroOrOne };
        return client.Run(new Command("transfer-leader", "Hand leadership to another voter. Exits 0 when that one leads.") { to }, (parse, session, token) =>
        {
            var query = parse.GetValue(to) is { } named ? $"?to={Uri.EscapeDataString(named)}" : "";
            return session.SendAsync(new Call(HttpMethod.Post, $"/api/v1/cluster/leader{query}"), reply => session.PrintAsync($"{reply.Part("leader")} leads"), token);
        });
    }

    private static async Task<int> JoinAsync(Session session, string name, TimeSpan patience, CancellationToken token)
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(Interval, token))
        {
            if (await session.SendAsync(new Call(HttpMethod.Get, "/api/v1/cluster"), token) is not { IsSuccess: true } reply)
                return await session.FailAsync(null);
            var host = reply.Json.GetProperty("hosts").EnumerateArray().FirstOrDefault(host => host.GetProperty("name").GetString() == name);
            if (host.ValueKind == JsonValueKind.Object && host.GetProperty("since").ValueKind == JsonValueKind.Number && host.GetProperty("connected").GetBoolean())
            {
                await session.PrintAsync($"{name} is part of the fabric, at revision {host.GetProperty("appliedRevision")}");
                return ExitCode.Ok;
            }

            if (Stopwatch.GetElapsedTime(begun) < patience)
                continue;
            await session.Terminal.Error.WriteLineAsync($"fabric: {name} has not joined within {patience.TotalSeconds:0} s; start it with `fabric node --name {name} … --join {session.Endpoints[0].GetLeftPart(UriPartial.Authority)}`");
            return ExitCode.Failed;
        }
    }
}
