using System.CommandLine;
using Fabric.Cli.Client;
using Fabric.Cli.Flags;

namespace Fabric.Cli.Attach;

/// <summary><c>fabric attach</c> and <c>fabric detach</c>: functions of programs that know nothing of Fabric, on every host that has them.</summary>
internal static class AttachCommands
{
    public const string Path = "/api/v1/attachments";

    private const string About =
        """
        Let the table answer for a function, on every host of the fabric that has the file, now or later.

        Examples:
          fabric attach --exe /usr/bin/shop --symbol is_feature_enabled
          fabric attach --exe /usr/bin/shop --symbol main.isEnabled --abi go --signature flag,key
          fabric attach --exe /usr/bin/shop --symbol is_enabled --build-id 8c8f2b94a7d1e6f05b3c

        It shows what becomes of it host by host, and exits 1 when any host refuses, 8 when one has not answered in time.
        A host without the file counts as an answer: it attaches when the file comes.
        """;

    public static Command Attach(ClientOptions client)
    {
        var (exe, symbol, source) = (Exe(), Symbol(), new AttachOptions());
        var (message, operation, revision) = (FlagCommands.Message(), FlagCommands.Operation(), Conditions.IfRevision());
        var command = new Command("attach", About) { exe, symbol, message, revision, operation, AttachmentTable.Build(client) };
        source.On(command);
        return client.On(client.Run(command, async (parse, session, token) =>
        {
            if (session.Waits)
                throw new UsageException("attach waits for every host by itself; --timeout says how long");
            var (path, name, timeout) = (Given(parse.GetValue(exe), "--exe"), Given(parse.GetValue(symbol), "--symbol"), source.Timeout(parse));
            var call = Conditions.Apply(parse.GetValue(revision), new Call(HttpMethod.Put, $"{Path}?timeout=0s")
            {
                Body = source.Body(parse, Full(path), name, parse.GetValue(message)),
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            });
            var put = await session.SendAsync(call, token);
            if (put is not { IsSuccess: true })
                return await session.FailAsync(put, call.Operation);
            if (!session.Json)
                await session.PrintAsync($"{name} of {Full(path)} {(put.Status == 201 ? "put" : "replaced")}, revision {put.Revision}");
            return await new HostOutcomes(session, put.Part("id")!, put.Revision).FollowAsync(timeout, token);
        }));
    }

    public static Command Detach(ClientOptions client)
    {
        var id = new Argument<string?>("id") { Description = "The attachment's id, in the place of its file and symbol", HelpName = "ID", Arity = ArgumentArity.ZeroOrOne };
        var (exe, symbol) = (Exe(), Symbol());
        var (message, operation, revision) = (FlagCommands.Message(), FlagCommands.Operation(), Conditions.IfRevision());
        var command = new Command("detach", "Give a function back to itself, on every host.") { id, exe, symbol, DetachAll.Option, message, revision, operation };
        return client.On(client.Run(command, (parse, session, token) =>
        {
            if (parse.GetValue(DetachAll.Option))
                return DetachAll.RunAsync(session);
            var call = Conditions.Apply(parse.GetValue(revision), new Call(
                HttpMethod.Delete, PathOf(parse.GetValue(id), parse.GetValue(exe), parse.GetValue(symbol), parse.GetValue(message)))
            {
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            });
            var what = parse.GetValue(id) ?? $"{parse.GetValue(symbol)} of {Full(parse.GetValue(exe)!)}";
            return session.SendAsync(call, reply => session.PrintAsync($"{what} is detached, revision {reply.Revision}"), token);
        }));
    }

    private static string PathOf(string? id, string? exe, string? symbol, string? message)
    {
        var why = message is null ? "" : $"message={Uri.EscapeDataString(message)}";
        if (id is not null && exe is null && symbol is null)
            return $"{Path}/{Uri.EscapeDataString(id)}{(why.Length > 0 ? $"?{why}" : "")}";
        if (id is not null || exe is null || symbol is null)
            throw new UsageException("say what to detach: --exe PATH --symbol NAME, an ID, or --all on this host");
        return $"{Path}?exe={Uri.EscapeDataString(Full(exe))}&symbol={Uri.EscapeDataString(symbol)}{(why.Length > 0 ? $"&{why}" : "")}";
    }

    private static Option<string?> Exe() => new("--exe") { Description = "The executable or library", HelpName = "PATH" };

    private static Option<string?> Symbol() => new("--symbol") { Description = "The function's symbol", HelpName = "NAME" };

    private static string Given(string? value, string option) => value ?? throw new UsageException($"{option} is missing");

    /// <summary>Hosts have working folders of their own, so they are told the whole path.</summary>
    private static string Full(string exe) => System.IO.Path.GetFullPath(exe);
}
