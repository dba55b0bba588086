using System.CommandLine;
using System.Text;
using Fabric.Cli.Client;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag on|off</c>: takes a flag into service or out of it and leaves everything else.</summary>
internal static class SwitchCommand
{
    public static Command Build(ClientOptions client, string name, string state)
    {
        var (key, message, operation) = (FlagCommands.Key(), FlagCommands.Message(), FlagCommands.Operation());
        var about = name == "on"
            ? "Take a flag into service: its targeting decides again."
            : "Take a flag out of service: every program runs its own default.";
        return client.Run(new Command(name, about) { key, message, operation }, async (parse, session, token) =>
        {
            var flag = parse.GetRequiredValue(key);
            var found = await session.SendAsync(new Call(HttpMethod.Get, FlagCommands.PathOf(flag)), token);
            if (found is not { IsSuccess: true })
                return await MissingAsync(session, found, flag);
            // A write that was in doubt may be what made it so; then its own outcome is the answer.
            if (FlagShape.From(found.Json).State == state && parse.GetValue(operation) is null)
                return await UnchangedAsync(session, found, name);

            var call = new Call(HttpMethod.Patch, FlagCommands.PathOf(flag, parse.GetValue(message)))
            {
                Body = Encoding.UTF8.GetBytes($$"""{"state":"{{state}}"}"""),
                ContentType = "application/merge-patch+json",
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            };
            return await session.SendAsync(call, reply => ShowAsync(session, reply, name), token);
        });
    }

    private static async Task<int> MissingAsync(Session session, Reply? found, string key)
    {
        var code = await session.FailAsync(found);
        if (code == ExitCode.NotFound)
            await session.HintAsync($"fabric flag set {key} --default on creates it");
        return code;
    }

    private static async Task<int> UnchangedAsync(Session session, Reply found, string name)
    {
        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(found.Text);
        await session.Terminal.Error.WriteLineAsync($"fabric: unchanged: {found.Part("key")} is {name} already, revision {found.Revision}");
        return ExitCode.Unchanged;
    }

    private static async Task ShowAsync(Session session, Reply reply, string name)
    {
        var flag = FlagShape.From(reply.Json);
        await session.PrintAsync($"{flag.Key} is {name}, revision {flag.Revision}");
        if (name == "on" && flag.AnswersFalseToAll)
            await session.HintAsync($"every caller gets \"{flag.Default}\", which is false; fabric flag set {flag.Key} --default on, or --percent N, changes that");
    }
}
