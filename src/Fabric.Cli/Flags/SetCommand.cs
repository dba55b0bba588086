using System.CommandLine;
using System.Text;
using Fabric.Cli.Client;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag set</c>: a flag from a file, or a boolean one from a few words.</summary>
internal static class SetCommand
{
    private const string About =
        """
        Create a flag or replace it.

        Examples:
          fabric flag set new-checkout --default on
          fabric flag set new-checkout --percent 25        on for a quarter of the targeting keys
          fabric flag set new-checkout --ramp 0-100 --over 24h        more of them by the minute
          fabric flag set new-checkout --default on --activate-at 2026-12-01T09:00:00Z
          fabric flag set new-checkout --default on --stale-after 30s=off
          fabric flag set new-checkout --file flag.json    any definition in flagd's format
        """;

    public static Command Build(ClientOptions client)
    {
        var key = FlagCommands.Key();
        var source = new Source();
        var (message, operation, revision) = (FlagCommands.Message(), FlagCommands.Operation(), Conditions.IfRevision());
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the definition and change nothing" };
        var command = new Command("set", About) { key, source.File, source.Percent, source.Default, source.State, message, revision, operation, dryRun };
        source.Timing.On(command);
        return client.Run(command, async (parse, session, token) =>
        {
            var definition = await source.ReadAsync(parse, session.Terminal, token);
            var call = Conditions.Apply(parse.GetValue(revision), new Call(HttpMethod.Put, FlagCommands.PathOf(parse.GetRequiredValue(key), parse.GetValue(message)))
            {
                Body = definition,
                Operation = parse.GetValue(operation) ?? Guid.NewGuid(),
            });
            if (!parse.GetValue(dryRun))
                return await session.SendAsync(call, reply => ShowAsync(session, reply), token);
            await session.Terminal.Out.WriteLineAsync(Encoding.UTF8.GetString(definition).TrimEnd());
            return ExitCode.Ok;
        });
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        await session.PrintAsync($"{reply.Part("key")} {(reply.Status == 201 ? "created" : "replaced")}, revision {reply.Revision}");
        await FlagCommands.WarnAsync(session, reply);
    }

    /// <summary>The options that say what the flag is.</summary>
    private sealed class Source
    {
        public Option<string?> File { get; } = new("--file", "-f") { Description = "The definition as JSON; - reads standard input", HelpName = "FILE|-" };

        public TimingOptions Timing { get; } = new();

        public Option<string?> Percent { get; } = new("--percent") { Description = "Share of the targeting keys that get on, 0 to 100", HelpName = "N" };

        public Option<string> Default { get; } = ClientOptions.Words(
            new Option<string>("--default") { Description = "What callers get whom no share decides: on or off [off]", HelpName = "on|off" }, "on", "off");

        public Option<string> State { get; } = ClientOptions.Words(
            new Option<string>("--state") { Description = "Whether the flag is in service: on or off [on]", HelpName = "on|off" }, "on", "off");

        public async Task<byte[]> ReadAsync(ParseResult parse, Terminal terminal, CancellationToken token)
        {
            var (file, percent) = (parse.GetValue(File), parse.GetValue(Percent));
            var (otherwise, state) = (parse.GetValue(Default), parse.GetValue(State));
            var timing = Timing.Read(parse, TimeProvider.System);
            var worded = percent is not null || otherwise is not null || state is not null || timing.IsGiven;
            if (file is not null && worded)
                throw new UsageException("--file says everything; --percent, --default, --state and times do not stand beside it");
            if (file is null && !worded)
                throw new UsageException("say what the flag is: --default on|off, --percent N, or --file FILE");
            return file is null
                ? Shorthand.Definition(state ?? "on", otherwise ?? "off", percent is null ? null : Shorthand.ReadPercent(percent), timing)
                : await InputFile.ReadAsync(file, "--file ", terminal, token);
        }

    }
}
