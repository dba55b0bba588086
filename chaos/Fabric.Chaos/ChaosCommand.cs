using System.CommandLine;
using Fabric.Chaos.CrashPoints;
using Fabric.Chaos.Report;
using Fabric.Chaos.Running;
using Fabric.Chaos.Validate;

namespace Fabric.Chaos;

/// <summary><c>fabric-chaos</c>: what proves, or refutes, what Fabric promises.</summary>
internal static class ChaosCommand
{
    private const string AboutCheck =
        """
        Check recorded histories: is each key a linearizable register?

        A history has one JSON object a line:
          {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":10}
          {"process":1,"type":"ok","f":"write","key":"k","value":1,"time":20}

        type   invoke, then ok, fail or info; info, or nothing, says that the outcome is unknown
        f      read, write or cas; the value of a cas is [from, to], and its fail says that it found something else
        time   nanoseconds; where two are equal, the order of the lines counts

        One line a file: FILE OK|ILLEGAL|UNKNOWN and why. Exits 0 when all are OK, 1 when one is ILLEGAL, otherwise 2.
        """;

    private const string AboutValidate =
        """
        Check a recorded run by every checker. docs/guarantees.md says what each promises.

        One line a checker: its name, OK, ILLEGAL or UNKNOWN, and what was checked or the first evidence; then one for the run.
        What the run has nothing of cannot be checked, and is UNKNOWN.
        Exits 0 when all are OK, 1 when one is ILLEGAL, otherwise 2.
        """;

    public static RootCommand Build(TextWriter output, TextWriter errors) => new("Checks of what Fabric promises.")
    {
        Check(output, errors),
        RunCommand.Build(output, errors),
        Validate(output, errors),
        ReportCommand.Build(output, errors),
        CrashPointsCommand.Build(output, errors),
    };

    private static Command Validate(TextWriter output, TextWriter errors)
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a recorded run" };
        var only = new Option<string[]>("--only") { Description = "Ask only these checkers", HelpName = "CHECKER", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = static _ => [] };
        var command = new Command("validate", AboutValidate) { run, only };
        command.SetAction(parse => ValidateRun.Of(parse.GetRequiredValue(run), parse.GetRequiredValue(only), output, errors));
        return command;
    }

    private static Command Check(TextWriter output, TextWriter errors)
    {
        var files = new Argument<string[]>("FILE") { Description = "Histories; - reads standard input", Arity = ArgumentArity.OneOrMore };
        var initial = new Option<string?>("--initial") { Description = "What every key holds at first, as JSON; otherwise a text [null]", HelpName = "VALUE" };
        var seconds = new Option<int>("--timeout") { Description = "Seconds for one file; what is not decided by then is UNKNOWN", HelpName = "SECONDS", DefaultValueFactory = _ => 300 };
        var command = new Command("check", AboutCheck) { files, initial, seconds };
        command.SetAction(parse => CheckRun.All(
            parse.GetRequiredValue(files), parse.GetValue(initial), TimeSpan.FromSeconds(parse.GetValue(seconds)), output, errors));
        return command;
    }
}
