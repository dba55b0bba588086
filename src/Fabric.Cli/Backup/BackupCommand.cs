using System.CommandLine;
using Fabric.Cli.Client;
using Fabric.Raft;
using Fabric.Raft.Log;
using Fabric.Raft.Recovery;

namespace Fabric.Cli.Backup;

/// <summary><c>fabric backup</c>: the whole fabric as one file, and what such a file holds.</summary>
internal static class BackupCommand
{
    private const string About =
        """
        Write the whole fabric, its history too, into one file, from a node that goes on working. The file gets its name when
        it is whole, checked and on the disk.

        Examples:
          fabric backup fabric.backup
          fabric backup fabric.backup --force    replaces the file as a whole, or not at all
          fabric backup fabric.backup --local    what the node has, also while there is no leader
          fabric backup check fabric.backup      whether it is whole, and what is in it
          fabric backup check /var/lib/fabric    the same of a stopped node's data folder
        """;

    private const string AboutCheck =
        """
        Say whether a backup, or the data folder of a node that does not run, is whole, and what it holds. Nothing is changed.

        UNCONFIRMED counts entries at the end of the log of which the node did not know yet that a majority has them. They are
        part of what a restore takes, since writes that were acknowledged may be among them.
        """;

    public static Command Build(ClientOptions client)
    {
        var file = new Argument<string>("file") { Description = "The file", HelpName = "FILE" };
        var local = new Option<bool>("--local") { Description = "What the node has, which may be behind" };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there" };
        var command = client.On(client.Run(new Command("backup", About) { file, local, force }, (parse, session, token) =>
        {
            var (path, overwrite) = (parse.GetRequiredValue(file), parse.GetValue(force));
            if (!overwrite && Path.Exists(path))
                throw new UsageException($"{path} is there already; --force replaces it");
            return new Download(session, path, overwrite, parse.GetValue(local)).RunAsync(token);
        }));
        command.Subcommands.Add(Check(client.Terminal));
        return command;
    }

    /// <summary>Reads a backup or the folder of a stopped node; says why where it cannot.</summary>
    public static async Task<RecoveredState?> ReadAsync(string path, Terminal terminal, CancellationToken token)
    {
        if (!Directory.Exists(path))
        {
            var (state, because) = BackupFile.Read(path);
            if (state is null)
                await terminal.Error.WriteLineAsync($"fabric: {path}: {because}");
            return state;
        }

        try
        {
            return await StoppedMember.ReadAsync(path, null, token);
        }
        catch (Exception cannot) when (cannot is LogUnusableException or DataDirectoryInUseException or IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"fabric: {path}: {cannot.Message}");
            return null;
        }
    }

    private static Command Check(Terminal terminal)
    {
        var path = new Argument<string>("path") { Description = "The file or the folder", HelpName = "FILE|DIR" };
        var command = new Command("check", AboutCheck) { path };
        command.SetAction(async (parse, token) =>
        {
            if (await ReadAsync(parse.GetRequiredValue(path), terminal, token) is not { } state)
                return ExitCode.Failed;
            Facts.Print(terminal, parse.GetRequiredValue(path), state);
            return ExitCode.Ok;
        });
        return command;
    }
}
