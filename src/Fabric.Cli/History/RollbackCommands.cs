using System.CommandLine;
using System.Text.Json.Nodes;
using Fabric.Cli.Client;
using Fabric.Cli.Flags;
using Fabric.Cli.Output;

namespace Fabric.Cli.History;

/// <summary><c>fabric flag rollback</c> and <c>fabric rollback</c>: back to what was, by a new change.</summary>
internal static class RollbackCommands
{
    private const string AboutFabric =
        """
        Take all flags back to what they were at a revision, by one change set.

        Examples:
          fabric rollback 1180 --dry-run     which flags would change
          fabric rollback 1180 -m "checkout fails since"
          fabric rollback --change-set 1181  only the flags of that change set, if none was changed since
        """;

    public static Command Flag(ClientOptions client)
    {
        var (key, message, operation, condition) = (FlagCommands.Key(), FlagCommands.Message(), FlagCommands.Operation(), Conditions.IfRevision());
        var revision = new Argument<long>("revision") { Description = "The revision to go back to", HelpName = "REV" };
        var about = "Take a flag back to what it was at a revision, by a new change. One that did not exist then is deleted.";
        return client.Run(new Command("rollback", about) { key, revision, condition, message, operation }, (parse, session, token) =>
        {
            var call = Conditions.Apply(parse.GetValue(condition), new Call(HttpMethod.Post, $"{FlagCommands.PathOf(parse.GetRequiredValue(key))}/rollback")
            {
                Body = Body(parse.GetValue(message), ("toRevision", parse.GetValue(revision))),
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            });
            return session.SendAsync(call, reply => session.PrintAsync(reply.Json.TryGetProperty("definition", out _)
                ? $"{reply.Part("key")} is what it was at revision {parse.GetValue(revision)}, revision {reply.Revision}"
                : $"{reply.Part("key")} did not exist at revision {parse.GetValue(revision)} and is deleted, revision {reply.Revision}"), token);
        });
    }

    public static Command Fabric(ClientOptions client)
    {
        var revision = new Argument<long?>("revision") { Description = "The revision to go back to", HelpName = "REV", DefaultValueFactory = _ => null };
        var set = new Option<long?>("--change-set") { Description = "Take back this change set instead", HelpName = "REV" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change and change nothing" };
        var (message, operation) = (FlagCommands.Message(), FlagCommands.Operation());
        return client.On(client.Run(new Command("rollback", AboutFabric) { revision, set, dryRun, message, operation }, async (parse, session, token) =>
        {
            var (to, only) = (parse.GetValue(revision), parse.GetValue(set));
            if (to is null == only is null)
                throw new UsageException("say what to go back to: a revision, or --change-set REV");
            var call = new Call(HttpMethod.Post, "/api/v1/rollback")
            {
                Body = Body(parse.GetValue(message), to is { } whole ? ("toRevision", whole) : ("changeSet", only!.Value), ("dryRun", parse.GetValue(dryRun))),
                Operation = parse.GetValue(dryRun) ? null : parse.GetValue(operation) ?? Guid.NewGuid(),
            };
            var reply = await session.SendAsync(call, token);
            if (reply is not { IsSuccess: true })
                return await session.FailAsync(reply, call.Operation);
            if (session.Json)
                await session.Terminal.Out.WriteLineAsync(reply.Text);
            else
                await ShowAsync(session, reply);
            return reply.Json.GetProperty("flags").GetArrayLength() == 0 ? ExitCode.Unchanged : ExitCode.Ok;
        }));
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        var flags = reply.Json.GetProperty("flags").EnumerateArray().ToArray();
        if (flags.Length == 0)
        {
            await session.Terminal.Error.WriteLineAsync($"fabric: unchanged: the flags are what they were at revision {reply.Json.GetProperty("toRevision").GetInt64()}");
            return;
        }

        var grid = new Grid("KEY", "CHANGE", "FROM", "TO");
        foreach (var flag in flags)
        {
            var (from, to) = (flag.GetProperty("from").GetInt64(), flag.GetProperty("to").GetInt64());
            grid.Add(flag.GetProperty("key").GetString(), to == 0 ? "deleted" : from == 0 ? "comes back" : "replaced", Shown(from), Shown(to));
        }

        grid.WriteTo(session.Terminal);
        if (!reply.Json.GetProperty("dryRun").GetBoolean())
            await session.PrintAsync($"{flags.Length} {(flags.Length == 1 ? "flag" : "flags")} went back, revision {reply.Revision}");
    }

    private static string? Shown(long revision) => revision == 0 ? null : $"{revision}";

    private static byte[] Body(string? message, params (string Name, JsonNode Value)[] parts)
    {
        var body = new JsonObject(parts.Select(static part => KeyValuePair.Create(part.Name, (JsonNode?)part.Value)));
        if (message is not null)
            body["message"] = message;
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
