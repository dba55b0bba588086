using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Api;

/// <summary>Commands that show what a node says of itself.</summary>
internal static class StateCommands
{
    /// <summary><c>fabric status</c>: the answering node's own state.</summary>
    public static Command Status(ClientOptions client) => client.On(client.Run(
        new Command("status", "Show the state of the node that answers: its role, its revisions, its table."),
        (_, session, token) => session.SendAsync(new Call(HttpMethod.Get, "/api/v1/node"), reply => ShowAsync(session, reply.Json), token)));

    /// <summary><c>fabric health</c>: whether a node lives, or does its whole job.</summary>
    public static Command Health(ClientOptions client)
    {
        var alive = new Option<bool>("--alive") { Description = "Only whether the process lives, and not whether it does its whole job." };
        return client.On(client.Run(new Command("health", "Say whether a node does its whole job. Exits 0 when it does, 5 when not.") { alive }, (parse, session, token) =>
            session.SendAsync(new Call(HttpMethod.Get, parse.GetValue(alive) ? "/healthz" : "/readyz"), reply => session.PrintAsync(reply.Part("status") ?? "?"), token)));
    }

    /// <summary><c>fabric builds</c>: which builds hosts have met where the fabric attaches.</summary>
    public static Command Builds(ClientOptions client) => client.On(client.Run(
        new Command("builds", "List the builds that hosts have met where the fabric attaches."),
        (_, session, token) => session.SendAsync(new Call(HttpMethod.Get, "/api/v1/builds"), reply => ListAsync(session, reply.Json), token)));

    private static async Task ShowAsync(Session session, JsonElement node)
    {
        foreach (var part in node.EnumerateObject().Where(static part => part.Value.ValueKind != JsonValueKind.Null))
            await session.PrintAsync($"{part.Name,-18} {(part.Value.ValueKind == JsonValueKind.String ? part.Value.GetString() : part.Value.GetRawText())}");
    }

    private static async Task ListAsync(Session session, JsonElement reply)
    {
        var builds = reply.GetProperty("builds").EnumerateArray().ToArray();
        if (builds.Length == 0)
        {
            await session.HintAsync("nothing is attached, so no host has met a build");
            return;
        }

        var grid = new Grid("FILE", "SYMBOL", "BUILD", "HOSTS");
        foreach (var build in builds)
            grid.Add(build.GetProperty("exe").GetString(), build.GetProperty("symbol").GetString(), build.GetProperty("buildId").GetString(),
                string.Join(' ', build.GetProperty("hosts").EnumerateArray().Select(static host => host.GetProperty("host").GetString())));
        grid.WriteTo(session.Terminal);
    }
}
