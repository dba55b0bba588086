using System.CommandLine;
using Fabric.Cli.Client;
using Fabric.Cli.Flags;
using Fabric.Cli.Output;

namespace Fabric.Cli.History;

/// <summary><c>fabric flag diff</c>: what became of a flag between two revisions.</summary>
internal static class DiffCommand
{
    public static Command Build(ClientOptions client)
    {
        var key = FlagCommands.Key();
        var from = new Argument<long>("from") { Description = "The revision to compare", HelpName = "FROM" };
        var to = new Argument<long?>("to") { Description = "The revision to compare it with; the present without one", HelpName = "TO", DefaultValueFactory = _ => null };
        var about = "Compare a flag at two revisions. Exits 0 whether or not they differ; -o json has a JSON patch as well.";
        return client.Run(new Command("diff", about) { key, from, to }, (parse, session, token) =>
        {
            var until = parse.GetValue(to) is { } revision ? $"&to={revision}" : "";
            var path = $"{FlagCommands.PathOf(parse.GetRequiredValue(key))}/diff?from={parse.GetValue(from)}{until}";
            return session.SendAsync(new Call(HttpMethod.Get, path), reply => ShowAsync(session, reply), token);
        });
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        var text = reply.Part("text") ?? "";
        if (text.Length == 0)
            await session.Terminal.Error.WriteLineAsync("fabric: the flag was the same at both");
        foreach (var line in text.TrimEnd('\n').Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await session.PrintAsync(Plain.Text(line.TrimEnd('\r')));
    }
}
