using Spectre.Console;

namespace Fabric.Cli.Output;

/// <summary>Shows how far a download is, on standard error and only to a person.</summary>
internal static class DownloadBar
{
    /// <summary>Runs the work, and shows the bytes that it says are here.</summary>
    /// <param name="terminal">Where it shows.</param>
    /// <param name="bytes">All of them; null where that is not known.</param>
    /// <param name="work">Is given what to tell of the bytes; null where nothing is shown.</param>
    public static async Task<T> ShowAsync<T>(Terminal terminal, long? bytes, Func<Action<long>?, Task<T>> work)
    {
        if (!terminal.ShowsProgress || bytes is not > 0)
            return await work(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("receiving", maxValue: bytes.Value);
                return work(here => bar.Value = here);
            });
    }
}
