using Spectre.Console;

namespace Fabric.Cli.Output;

/// <summary>Shows how far a long upload is, on standard error and only to a person.</summary>
internal static class UploadBar
{
    /// <summary>Runs the work, and shows the bytes that it says are sent.</summary>
    /// <param name="terminal">Where it shows.</param>
    /// <param name="bytes">All of them.</param>
    /// <param name="isLong">It is worth showing.</param>
    /// <param name="work">Is given what to tell of the bytes; null where nothing is shown.</param>
    public static async Task<T> ShowAsync<T>(Terminal terminal, long bytes, bool isLong, Func<Action<long>?, Task<T>> work)
    {
        if (!terminal.ShowsProgress || !isLong)
            return await work(null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("sending", maxValue: bytes);
                return work(sent => Show(bar, sent, bytes));
            });
    }

    private static void Show(ProgressTask bar, long sent, long bytes)
    {
        bar.Value = sent;
        if (sent < bytes)
            return;
        // What the node does with it takes its own time, of which it says nothing before it is done.
        bar.Description = "writing";
        bar.IsIndeterminate = true;
    }
}
