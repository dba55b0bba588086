using System.CommandLine;
using Fabric.Node.Options;
using Fabric.Raft.Recovery;

namespace Fabric.Cli.Backup;

/// <summary><c>fabric restore</c>: the data folder of a new fabric, from a backup or from what is left of an old one.</summary>
internal static class RestoreCommand
{
    private const string About =
        """
        Make the data folder that a new fabric begins with, from a backup or from the folder of a stopped node. The new fabric
        has another id, so tables of the lost one are replaced; flags keep their revisions and their history.

        Examples:
          fabric restore fabric.backup --data /var/lib/fabric --name a
          fabric restore --from-data /var/lib/fabric.old --data /var/lib/fabric --name a
          fabric restore fabric.backup --data DIR --name a --name b --name c
                 three voters: DIR is copied to all three before the first of them starts

        Every voter of the lost fabric is stopped first. docs/recovery.md goes through it step by step.
        """;

    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string?>("file") { Description = "The backup", HelpName = "FILE", DefaultValueFactory = _ => null };
        var fromData = new Option<string?>("--from-data") { Description = "The data folder of a node that does not run, instead of a backup; nothing in it is changed", HelpName = "DIR" };
        var data = new Option<string>("--data") { Description = "The folder to make", HelpName = "DIR", Required = true };
        var names = new Option<string[]>("--name") { Description = "The voter's name; given three times, those of three voters", HelpName = "NAME", Required = true };
        var skip = new Option<long>("--skip-revisions")
        {
            Description = "How far the new fabric's revisions begin after the last known one, so that none that was lost is given again",
            HelpName = "N",
            DefaultValueFactory = _ => Restoring.DefaultSkip,
        };
        var command = new Command("restore", About) { file, fromData, data, names, skip };
        command.SetAction(async (parse, token) =>
        {
            var (backup, folder, voters) = (parse.GetValue(file), parse.GetValue(fromData), parse.GetRequiredValue(names));
            if (backup is null == folder is null)
                throw new UsageException("say what to restore from: a backup, or --from-data DIR");
            if (backup is not null && Directory.Exists(backup))
                throw new UsageException($"{backup} is a folder; --from-data {backup} restores from a stopped node's");
            if (folder is not null && !Directory.Exists(folder))
                throw new UsageException($"--from-data {folder}: there is no such folder");
            if (voters.Length is not (1 or 3) || voters.Distinct(StringComparer.Ordinal).Count() != voters.Length || voters.Any(static name => !NodeName.IsSound(name)))
                throw new UsageException("--name is given once, or three times for three voters of different names, as --name of fabric node takes them");
            if (parse.GetValue(skip) < 0)
                throw new UsageException("--skip-revisions is 0 or more");
            return await RestoreAsync(backup ?? folder!, parse.GetRequiredValue(data), voters, parse.GetValue(skip), terminal, token);
        });
        return command;
    }

    private static async Task<int> RestoreAsync(string source, string data, string[] voters, long skip, Terminal terminal, CancellationToken token)
    {
        if (await BackupCommand.ReadAsync(source, terminal, token) is not { } state)
            return ExitCode.Failed;
        try
        {
            var begins = Restoring.Into(state, data, voters, skip);
            Facts.Print(terminal, source, state);
            await terminal.Out.WriteLineAsync($"{data} begins fabric {begins.Identity!.Id:D} at revision {begins.Flags.Revision} with {begins.Flags.Flags.Count} flags");
            await terminal.Error.WriteLineAsync(voters.Length == 1
                ? $"hint: fabric node --name {voters[0]} --data {data} --http ADDR:PORT starts it"
                : $"hint: copy {data} to each of {string.Join(", ", voters)} before the first of them starts");
            return ExitCode.Ok;
        }
        catch (Exception cannot) when (cannot is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"fabric: {cannot.Message}");
            return ExitCode.Failed;
        }
    }
}
