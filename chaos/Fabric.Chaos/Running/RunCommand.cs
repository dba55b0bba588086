using System.CommandLine;
using System.Globalization;
using Fabric.Chaos.Faults;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Running;

/// <summary><c>fabric-chaos run</c>.</summary>
internal static class RunCommand
{
    private const string About =
        """
        Break a fabric while it is used, and check what was recorded.

        Sets up hosts on this machine, each with a network, a disk and a control group of its own, starts the nodes, clients,
        subscribers and programs at each, and lets faults happen as the seed has it. Then everything is put right, recorded and
        checked. Needs root.

        Exits 0 when everything that is promised was kept, 1 when something was not, 2 when the run showed nothing: it could not
        be set up, or fewer than 150 operations a second had an outcome.
        """;

    public static Command Build(TextWriter output, TextWriter errors)
    {
        var minutes = new Option<double>("--minutes") { Description = "How long faults happen", HelpName = "N", DefaultValueFactory = static _ => 2 };
        var seed = new Option<int?>("--seed") { Description = "Draws the same schedule of faults again [a new one, which is printed]", HelpName = "N" };
        var hosts = new Option<int>("--hosts") { Description = "3 voters, or 5 hosts of which two follow", HelpName = "3|5", DefaultValueFactory = static _ => 3 };
        var faults = new Option<string[]>("--faults") { Description = $"Only these, separated by commas: {string.Join(' ', Catalogue.All.Select(static kind => kind.Name))}", HelpName = "A,B", DefaultValueFactory = static _ => [] };
        var keep = new Option<string?>("--keep") { Description = "An empty folder for the recording [a new one]", HelpName = "DIR" };
        var command = new Command("run", About) { minutes, seed, hosts, faults, keep };
        command.SetAction(async (parse, stop) =>
        {
            var (options, problem) = Options(
                parse.GetValue(minutes), parse.GetValue(seed), parse.GetValue(hosts), parse.GetValue(faults) ?? [], parse.GetValue(keep),
                [.. parse.Tokens.Select(static token => token.Value)]);
            if (options is not null)
                return await RunAsync(options, output, errors, stop);
            await errors.WriteLineAsync($"fabric-chaos run: {problem}");
            return 2;
        });
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {options.Hosts} hosts, {options.Minutes} minutes, recorded in {options.Folder}"));
        try
        {
            var figures = await new ChaosRun(options, output).RecordAsync(stop);
            return await JudgeAsync(figures, output);
        }
        catch (HarnessException failed)
        {
            await errors.WriteLineAsync($"fabric-chaos run: {failed.Message}");
            return 2;
        }
    }

    private static async Task<int> JudgeAsync(Figures figures, TextWriter output)
    {
        foreach (var line in figures.Lines())
            await output.WriteLineAsync(line);
        var kept = true;
        foreach (var (one, line) in figures.Judge())
        {
            kept &= one;
            await output.WriteLineAsync($"{(one ? "OK  " : "FAIL")} {line}");
        }

        if (figures.Invalid)
            await output.WriteLineAsync("INVALID fewer than 150 operations a second had an outcome");
        return !kept ? 1 : figures.Invalid ? 2 : 0;
    }

    private static (RunOptions? Options, string? Problem) Options(double minutes, int? seed, int hosts, string[] faults, string? keep, string[] arguments)
    {
        var names = faults.SelectMany(static text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var unknown = names.FirstOrDefault(static name => Catalogue.All.All(kind => kind.Name != name));
        if (unknown is not null)
            return (null, $"there is no fault {unknown}; --help names them");
        if (hosts is not (3 or 5))
            return (null, "--hosts must be 3 or 5");
        if (minutes is not (> 0 and <= 1440))
            return (null, "--minutes must be above 0 and at most 1440");
        if (!Environment.IsPrivilegedProcess)
            return (null, "networks, disks and control groups of its own need root");
        if (keep is not null && Directory.Exists(keep) && Directory.EnumerateFileSystemEntries(keep).Any())
            return (null, $"--keep {keep}: the folder is not empty");
        return (new RunOptions
        {
            Minutes = minutes,
            Seed = seed ?? Random.Shared.Next(),
            Hosts = hosts,
            Faults = names.Length == 0 ? Catalogue.All : [.. Catalogue.All.Where(kind => names.Contains(kind.Name))],
            Folder = Path.GetFullPath(keep is null ? Directory.CreateTempSubdirectory("fabric-recording-").FullName : Directory.CreateDirectory(keep).FullName),
            Arguments = arguments,
        }, null);
    }
}
