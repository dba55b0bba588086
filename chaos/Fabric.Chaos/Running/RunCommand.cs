using System.CommandLine;
using System.Globalization;
using Fabric.Chaos.Faults;
using Fabric.Chaos.Hosts;
using Fabric.Chaos.Validate;

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
        be set up, or fewer than 150 operations a second were decided.
        """;

    public static Command Build(TextWriter output, TextWriter errors)
    {
        var minutes = new Option<double>("--minutes") { Description = "How long faults happen", HelpName = "N", DefaultValueFactory = static _ => 2 };
        var rounds = new Option<int>("--rounds") { Description = "End earlier, when every fault has been so often [0: when the minutes are over]", HelpName = "N" };
        var seed = new Option<int?>("--seed") { Description = "Draws the same schedule of faults again [a new one, which is printed]", HelpName = "N" };
        var hosts = new Option<int>("--hosts") { Description = "3 voters, or 5 hosts of which two follow", HelpName = "3|5", DefaultValueFactory = static _ => 3 };
        var faults = new Option<string[]>("--faults") { Description = $"Only these, separated by commas: {string.Join(' ', Catalogue.All.Select(static kind => kind.Name))}", HelpName = "A,B", DefaultValueFactory = static _ => [] };
        var keep = new Option<string?>("--keep") { Description = "An empty folder for the recording [a new one]", HelpName = "DIR" };
        var node = new Option<string?>("--node") { Description = "Another build of fabric [the one beside this program]", HelpName = "FILE" };
        var command = new Command("run", About) { minutes, rounds, seed, hosts, faults, keep, node };
        command.SetAction(async (parse, stop) =>
        {
            var names = (parse.GetValue(faults) ?? []).SelectMany(static text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
            var options = new RunOptions
            {
                Minutes = parse.GetValue(minutes),
                Rounds = parse.GetValue(rounds),
                Seed = parse.GetValue(seed) ?? Random.Shared.Next(),
                Hosts = parse.GetValue(hosts),
                Faults = names.Length == 0 ? Catalogue.All : [.. Catalogue.All.Where(kind => names.Contains(kind.Name))],
                Folder = parse.GetValue(keep) ?? "",
                Arguments = [.. parse.Tokens.Select(static token => token.Value)],
            };
            if (WhyNot(options, names) is not { } problem)
                return await RunAsync(options, parse.GetValue(node), output, errors, stop);
            await errors.WriteLineAsync($"fabric-chaos run: {problem}");
            return 2;
        });
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, string? node, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        options = options with { Folder = Path.GetFullPath(options.Folder.Length == 0 ? Directory.CreateTempSubdirectory("fabric-recording-").FullName : Directory.CreateDirectory(options.Folder).FullName) };
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {options.Hosts} hosts, {options.Minutes} minutes, recorded in {options.Folder}"));
        try
        {
            var figures = await new ChaosRun(options, Programs.Find(node), output).RecordAsync(stop);
            return await JudgeAsync(figures, options.Folder, output);
        }
        catch (Exception failed) when (failed is HarnessException or HttpRequestException or IOException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"fabric-chaos run: {(failed is HarnessException ? failed.Message : failed)}");
            return 2;
        }
    }

    /// <summary>A line for every promise; those of the run itself first, then those that the recording shows.</summary>
    private static async Task<int> JudgeAsync(Figures figures, string folder, TextWriter output)
    {
        foreach (var line in figures.Lines())
            await output.WriteLineAsync(line);
        Finding[] findings = [.. figures.Judge(), .. Validation.Of(folder)];
        foreach (var finding in findings)
            await output.WriteLineAsync(finding.ToString());
        return Validation.ExitCode(findings);
    }

    private static string? WhyNot(RunOptions options, string[] names)
    {
        if (names.FirstOrDefault(static name => Catalogue.All.All(kind => kind.Name != name)) is { } unknown)
            return $"there is no fault {unknown}; --help names them";
        if (options.Hosts is not (3 or 5))
            return "--hosts must be 3 or 5";
        if (options.Minutes is not (> 0 and <= 1440))
            return "--minutes must be above 0 and at most 1440";
        if (options.Rounds is < 0 or > 1_000_000)
            return "--rounds must be from 0 to 1000000";
        if (!Environment.IsPrivilegedProcess)
            return "networks, disks and control groups of its own need root";
        return Directory.Exists(options.Folder) && Directory.EnumerateFileSystemEntries(options.Folder).Any() ? $"--keep {options.Folder}: the folder is not empty" : null;
    }
}
