using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Watch;

/// <summary><c>fabric watch</c>: every change set as it happens.</summary>
internal static class WatchCommand
{
    private const string About =
        """
        Show every change set as it happens, each once and in order. When a node ends, the next of --url goes on where it was.

        Examples:
          fabric watch
          fabric watch --after 1180 --keys 'shop-*'    what came after a revision, of some flags
          fabric watch -o json                         the API's own events, one a line

        Exits with 4 when what is asked for is no longer kept, with 5 when no node has spoken for two minutes.
        """;

    public static Command Build(ClientOptions client)
    {
        var after = new Option<long?>("--after") { Description = "Begin after this revision [now]", HelpName = "REV" };
        var keys = new Option<string?>("--keys") { Description = "A flag's key, or the beginning of keys with a * behind it", HelpName = "PREFIX*" };
        return client.On(client.Run(new Command("watch", About) { after, keys }, async (parse, session, token) =>
        {
            using var watcher = new Watcher(session, parse.GetValue(keys), one => ShowAsync(session, one));
            return await watcher.RunAsync(parse.GetValue(after), token);
        }));
    }

    private static async Task ShowAsync(Session session, StreamEvent one)
    {
        if (session.Json)
        {
            await session.Terminal.Out.WriteLineAsync(one.Data);
        }
        else
        {
            using var document = JsonDocument.Parse(one.Data);
            await session.PrintAsync(Line(document.RootElement));
        }

        await session.Terminal.Out.FlushAsync();
    }

    private static string Line(JsonElement set)
    {
        var changes = set.GetProperty("changes").EnumerateArray().Select(static change =>
            $"{change.GetProperty("key").GetString()} {Word(change)}");
        var message = set.GetProperty("message").GetString() is { } said ? $"  ({said})" : "";
        return Plain.Text($"{set.GetProperty("revision").GetInt64()}  {Text(set, "at")}  {Text(set, "actor")}  {string.Join(", ", changes)}{message}");
    }

    private static string Word(JsonElement change) =>
        change.GetProperty("kind").GetString() == "delete" ? "deleted" : change.GetProperty("previousRevision").GetInt64() == 0 ? "created" : "replaced";

    private static string Text(JsonElement set, string name) => set.GetProperty(name).GetString() ?? "-";
}
