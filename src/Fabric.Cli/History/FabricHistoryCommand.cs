using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.History;

/// <summary><c>fabric history</c>: the last change sets of the whole fabric.</summary>
internal static class FabricHistoryCommand
{
    private const string About =
        """
        Show the last change sets of the whole fabric, newest first: who changed what, when, from where and why.

        Examples:
          fabric history
          fabric history --before 1200        those before a revision
          fabric rollback --set 1180          undoes one of them
        """;

    public static Command Build(ClientOptions client)
    {
        var limit = new Option<int>("--limit") { Description = "How many change sets [20]", HelpName = "N", DefaultValueFactory = _ => 20 };
        var before = new Option<long?>("--before") { Description = "Those before this revision", HelpName = "REV" };
        return client.On(client.Run(new Command("history", About) { limit, before }, (parse, session, token) =>
        {
            var from = parse.GetValue(before) is { } revision ? $"&before={revision}" : "";
            return session.SendAsync(new Call(HttpMethod.Get, $"/api/v1/history?limit={parse.GetValue(limit)}{from}"), reply => ShowAsync(session, reply.Json), token);
        }));
    }

    private static async Task ShowAsync(Session session, JsonElement page)
    {
        var sets = page.GetProperty("changeSets").EnumerateArray().ToArray();
        if (sets.Length == 0)
            await session.HintAsync("nothing has changed yet");
        var grid = new Grid("REVISION", "AT", "ACTOR", "FLAGS", "MESSAGE");
        foreach (var set in sets)
        {
            var keys = set.GetProperty("changes").EnumerateArray().Select(static change => change.GetProperty("key").GetString());
            grid.Add($"{set.GetProperty("revision").GetInt64()}", set.GetProperty("at").GetString(), set.GetProperty("actor").GetString(), string.Join(' ', keys), set.GetProperty("message").GetString());
        }

        if (sets.Length > 0)
            grid.WriteTo(session.Terminal);
        if (page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next)
            await session.HintAsync($"--before {next.GetInt64()} shows those before");
    }
}
