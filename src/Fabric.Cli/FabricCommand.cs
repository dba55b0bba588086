using System.CommandLine;
using System.CommandLine.Invocation;
using Fabric.Cli.Api;
using Fabric.Cli.Attach;
using Fabric.Cli.Backup;
using Fabric.Cli.Client;
using Fabric.Cli.Cluster;
using Fabric.Cli.Completion;
using Fabric.Cli.Doctor;
using Fabric.Cli.Flags;
using Fabric.Cli.History;
using Fabric.Cli.Node;
using Fabric.Cli.Top;
using Fabric.Cli.Usage;
using Fabric.Cli.Watch;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Cli;

/// <summary>The whole command line.</summary>
internal static class FabricCommand
{
    /// <summary>Runs one command to its exit code.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <param name="parts">What <c>fabric node</c> is put together from.</param>
    /// <param name="token">Ends a node as a signal does.</param>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, Func<NodeOptions, NodeParts> parts, CancellationToken token)
    {
        var parse = Build(terminal, parts).Parse(args);
        if (parse.Action is ParseErrorAction || (parse.Errors.Count > 0 && parse.Action is null))
            return await RefuseAsync(parse, terminal);

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // A node ends in its own order, and the system ends everything else.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parse.InvokeAsync(configuration, token);
        }
        catch (UsageException wrong)
        {
            await terminal.Error.WriteLineAsync($"fabric: {wrong.Message}");
            return ExitCode.Usage;
        }
    }

    private static RootCommand Build(Terminal terminal, Func<NodeOptions, NodeParts> parts)
    {
        var client = new ClientOptions(terminal);
        return new RootCommand("Fabric: feature flags without a central service.")
        {
            NodeCommand.Build(terminal, parts),
            FlagCommands.Build(client),
            ClusterCommands.Build(client),
            UsageCommand.Build(client),
            TopCommand.Build(client),
            ChangeCommand.Build(client),
            FabricHistoryCommand.Build(client),
            RollbackCommands.Fabric(client),
            WatchCommand.Build(client),
            BackupCommand.Build(client),
            RestoreCommand.Build(terminal),
            AttachCommands.Attach(client),
            AttachCommands.Detach(client),
            StateCommands.Status(client),
            StateCommands.Health(client),
            StateCommands.Builds(client),
            RawCommand.Build(client),
            DoctorCommand.Build(client),
            CompletionCommand.Build(terminal),
        };
    }

    private static async Task<int> RefuseAsync(ParseResult parse, Terminal terminal)
    {
        foreach (var error in parse.Errors)
            await terminal.Error.WriteLineAsync($"fabric: {error.Message}");
        var path = string.Join(' ', PathOf(parse.CommandResult.Command));
        await terminal.Error.WriteLineAsync($"See {path} --help.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> PathOf(Symbol command) =>
        command is RootCommand ? ["fabric"] : [.. PathOf(command.Parents.First()), command.Name];
}
