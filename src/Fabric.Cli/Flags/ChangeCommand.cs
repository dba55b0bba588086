using System.CommandLine;
using Fabric.Cli.Client;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric change</c>: many changes together or not at all.</summary>
internal static class ChangeCommand
{
    private const string About =
        """
        Apply the changes of a file together or not at all: programs see all of them in one step.

        Examples:
          fabric change release.json
          echo '{"changes": [{"delete": {"key": "old"}}, {"put": {"key": "new", "definition": …}}], "message": "why"}' | fabric change -
        """;

    public static Command Build(ClientOptions client)
    {
        var file = new Argument<string>("file") { Description = "The file; - reads standard input", HelpName = "FILE|-" };
        var operation = FlagCommands.Operation();
        return client.On(client.Run(new Command("change", About) { file, operation }, async (parse, session, token) =>
        {
            var call = new Call(HttpMethod.Post, "/api/v1/changes")
            {
                Body = await InputFile.ReadAsync(parse.GetRequiredValue(file), "", session.Terminal, token),
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            };
            return await session.SendAsync(call, reply => session.PrintAsync($"applied, revision {reply.Revision}"), token);
        }));
    }
}
