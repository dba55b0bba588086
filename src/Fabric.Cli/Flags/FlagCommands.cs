using System.CommandLine;
using Fabric.Cli.Client;
using Fabric.Cli.Completion;
using Fabric.Cli.History;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag …</c></summary>
internal static class FlagCommands
{
    public static Command Build(ClientOptions client) => client.On(new Command("flag", "Read and change flags.")
    {
        ListCommand(client),
        GetCommand(client),
        SetCommand.Build(client),
        SwitchCommand.Build(client, "on", "ENABLED"),
        SwitchCommand.Build(client, "off", "DISABLED"),
        DeleteCommand(client),
        ExplainCommand.Build(client),
        EvaluateCommand.Build(client),
        HistoryCommand.Build(client),
        DiffCommand.Build(client),
        RollbackCommands.Flag(client),
        ImportCommand.Build(client),
        ExportCommand.Build(client),
    });

    /// <summary>The argument that names a flag.</summary>
    public static Argument<string> Key() => LiveKeys.Completed(new Argument<string>("key") { Description = "The flag's key", HelpName = "KEY" });

    /// <summary>The option by which a write that was in doubt is sent again.</summary>
    public static Option<Guid?> Operation() => new("--idempotency-key")
    {
        Description = "Sends a write again that was in doubt: with its key it never applies twice",
        HelpName = "UUID",
    };

    public static Option<string?> Message() => new("--message", "-m") { Description = "Why, for those who read the history" };

    public static string PathOf(string key, string? message = null) =>
        $"/api/v1/flags/{Uri.EscapeDataString(key)}{(message is null ? "" : $"?message={Uri.EscapeDataString(message)}")}";

    private static Command ListCommand(ClientOptions client) =>
        client.Run(new Command("list", "List all flags."), (_, session, token) => FlagList.RunAsync(session, token));

    private static Command GetCommand(ClientOptions client)
    {
        var key = Key();
        var get = new Command("get", "Show a flag, and where it is evaluated.") { key };
        get.Aliases.Add("show");
        return client.Run(get, (parse, session, token) =>
            session.SendAsync(new Call(HttpMethod.Get, PathOf(parse.GetRequiredValue(key))), reply => ShowAsync(session, reply), token));
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        var flag = FlagShape.From(reply.Json);
        var grid = new Grid("KEY", "STATE", "DEFAULT", "ROLLOUT", "REVISION", "EVALUATED IN");
        grid.Add(flag.Key, flag.State, flag.Default, flag.Rollout, $"{flag.Revision}", flag.EvaluatedIn);
        grid.WriteTo(session.Terminal);
        await session.PrintAsync(reply.Json.GetProperty("definition").GetRawText());
        await WarnAsync(session, reply);
    }

    /// <summary>Programs on the hosts run their own default for a flag that only HTTP evaluates: nobody should learn that by it.</summary>
    public static async Task WarnAsync(Session session, Reply reply)
    {
        if (reply.Part("evaluableInReason") is { } reason)
            await session.HintAsync(Plain.Text($"it is evaluated over HTTP only, and programs on the hosts run their own default: {reason}"));
    }

    private static Command DeleteCommand(ClientOptions client)
    {
        var (key, message, operation) = (Key(), Message(), Operation());
        var revision = Conditions.IfRevision();
        return client.Run(new Command("delete", "Delete a flag.") { key, revision, message, operation }, (parse, session, token) =>
        {
            var call = Conditions.Apply(parse.GetValue(revision), new Call(HttpMethod.Delete, PathOf(parse.GetRequiredValue(key), parse.GetValue(message)))
            {
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            });
            return session.SendAsync(call, reply => session.PrintAsync($"{reply.Part("key")} deleted, revision {reply.Revision}"), token);
        });
    }
}
