using System.CommandLine;
using Fabric.Chaos.Model;
using Fabric.Chaos.Validate;

namespace Fabric.Chaos.Report;

/// <summary><c>fabric-chaos report</c>.</summary>
internal static class ReportCommand
{
    private const string About =
        """
        Write a recorded run as one HTML page: the judgement of every checker, and a timeline of faults, leaders, operations and tables.

        Around the first evidence of each broken promise the operations stand one by one. The page needs no other file.
        """;

    public static Command Build(TextWriter output, TextWriter errors)
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a recorded run" };
        var to = new Option<string?>("--to") { Description = "Where the page goes [RUN/report.html]", HelpName = "FILE" };
        var command = new Command("report", About) { run, to };
        command.SetAction(parse => Write(parse.GetRequiredValue(run), parse.GetValue(to), output, errors));
        return command;
    }

    private static int Write(string folder, string? to, TextWriter output, TextWriter errors)
    {
        try
        {
            var run = RunReader.Read(folder);
            var path = to ?? Path.Combine(folder, "report.html");
            File.WriteAllText(path, ReportPage.Of(run, Validation.Of(run)));
            output.WriteLine(path);
            return 0;
        }
        catch (Exception failed) when (failed is RunUnreadableException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"fabric-chaos: {failed.Message}");
            return 2;
        }
    }
}
