using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Flags;
using Fabric.Cli.Output;

namespace Fabric.Cli.History;

/// <summary><c>fabric flag history</c>: who changed a flag, when, from where and why.</summary>
internal static class HistoryCommand
{
    private const string About =
        """
        Show the last changes of a flag, newest first; a deleted flag keeps them.

        Examples:
          fabric flag history new-checkout
          fabric flag history new-checkout --before 1200     those before a revision
          fabric flag history new-checkout --at 1180         one of them, with what the flag said since
          fabric flag diff new-checkout 1180                 what changed since one of them
        """;

    public static Command Build(ClientOptions client)
    {
        var key = FlagCommands.Key();
        var limit = new Option<int>("--limit") { Description = "How many changes [20]", HelpName = "N", DefaultValueFactory = _ => 20 };
        var before = new Option<long?>("--before") { Description = "Those before this revision", HelpName = "REV" };
        var at = new Option<long?>("--at") { Description = "The change of this revision alone, with what the flag said since", HelpName = "REV" };
        return client.Run(new Command("history", About) { key, limit, before, at }, (parse, session, token) =>
        {
            if (parse.GetValue(at) is { } one)
                return session.SendAsync(new Call(HttpMethod.Get, $"{FlagCommands.PathOf(parse.GetRequiredValue(key))}/history/{one}"), reply => ShowOneAsync(session, reply), token);
            var from = parse.GetValue(before) is { } revision ? $"&before={revision}" : "";
            var path = $"{FlagCommands.PathOf(parse.GetRequiredValue(key))}/history?limit={parse.GetValue(limit)}{from}";
            return session.SendAsync(new Call(HttpMethod.Get, path), reply => ShowAsync(session, reply), token);
        });
    }

    private static async Task ShowOneAsync(Session session, Reply reply)
    {
        var grid = Columns();
        Add(grid, reply.Json);
        grid.WriteTo(session.Terminal);
        if (reply.Json.GetProperty("definition") is { ValueKind: JsonValueKind.Object } definition)
            await session.PrintAsync(definition.GetRawText());
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        var changes = reply.Json.GetProperty("changes").EnumerateArray().ToArray();
        if (changes.Length == 0)
            await session.HintAsync("nothing is kept of its changes");
        var grid = Columns();
        foreach (var change in changes)
            Add(grid, change);
        grid.WriteTo(session.Terminal);
        if (reply.Json.GetProperty("next") is { ValueKind: JsonValueKind.Number } next)
            await session.HintAsync($"--before {next.GetInt64()} shows those before");
    }

    private static Grid Columns() => new("REVISION", "AT", "ACTOR", "FROM", "CHANGE", "MESSAGE");

    private static void Add(Grid grid, JsonElement change)
    {
        var from = Text(change, "node") is { } node ? $"{node} {Text(change, "address")}" : null;
        grid.Add($"{change.GetProperty("revision").GetInt64()}", Text(change, "at"), Text(change, "actor"), from, What(change), Text(change, "message"));
    }

    private static string What(JsonElement change)
    {
        if (change.GetProperty("kind").GetString() == "delete")
            return "deleted";
        return change.GetProperty("previousRevision").GetInt64() == 0 ? "created" : "replaced";
    }

    private static string? Text(JsonElement change, string name) => change.GetProperty(name).GetString();
}
