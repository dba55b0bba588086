using System.CommandLine;
using System.Runtime.InteropServices;
using Fabric.Cli.Client;
using Fabric.Cli.Usage;
using Fabric.Node.Options;
using Spectre.Console;

namespace Fabric.Cli.Top;

/// <summary><c>fabric top</c>: what is being asked for right now.</summary>
internal static class TopCommand
{
    private const int Interrupted = 130;

    /// <summary>Lines of a terminal that the table's frame and the prompt take.</summary>
    private const int FrameLines = 6;

    private const string About =
        """
        Show which flags are asked for right now, how often a second and with what answers, over all hosts.

        Examples:
          fabric top
          fabric top --interval 10s --host      of the node's own host alone
          fabric top --once                     one reading, for a script
          fabric top -o json                    one line a reading
        """;

    public static Command Build(ClientOptions client)
    {
        var interval = new Option<string>("--interval") { Description = "Between two readings [2s]", HelpName = "TIME", DefaultValueFactory = _ => "2s" };
        var host = new Option<bool>("--host") { Description = "Only the host of the node that answers, and not all." };
        var once = new Option<bool>("--once") { Description = "Show one reading and end." };
        return client.On(client.Run(new Command("top", About) { interval, host, once }, async (parse, session, token) =>
        {
            if (Durations.Read(parse.GetValue(interval)!) is not { } pause || pause <= TimeSpan.Zero)
                throw new UsageException($"--interval must be {Durations.Range}");
            var query = $"?scope={(parse.GetValue(host) ? "host" : "fleet")}&limit={UsageCommand.PageSize}";
            // Interrupted, the terminal gets its cursor back first.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
            try
            {
                return await RunAsync(session, query, pause, parse.GetValue(once), stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return Interrupted;
            }
        }));
    }

    private static async Task<int> RunAsync(Session session, string query, TimeSpan pause, bool once, CancellationToken token)
    {
        if (!session.Terminal.IsInteractive || session.Json || once)
            return await LoopAsync(session, query, pause, once, flags => PrintAsync(session, flags, once), token);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Terminal.Out) });
        return await console.Live(new Text("reading …")).AutoClear(true).StartAsync(view => LoopAsync(session, query, pause, once: false, flags =>
        {
            view.UpdateTarget(TopView.Live(flags, $"every {pause.TotalSeconds:0.#} s, Ctrl-C ends", console.Profile.Height - FrameLines));
            return Task.CompletedTask;
        }, token));
    }

    private static async Task<int> LoopAsync(Session session, string query, TimeSpan pause, bool once, Func<IReadOnlyList<TopFlag>, Task> show, CancellationToken token)
    {
        var (before, code) = await UsageCommand.ReadAsync(session, query, token);
        var since = TimeProvider.System.GetTimestamp();
        while (before is not null)
        {
            await Task.Delay(pause, token);
            var (after, failed) = await UsageCommand.ReadAsync(session, query, token);
            if (after is null)
                return failed;
            var apart = TimeProvider.System.GetElapsedTime(since);
            since = TimeProvider.System.GetTimestamp();
            await show(TopSample.Between(before, after, apart));
            if (once)
                return ExitCode.Ok;
            before = after;
        }

        return code;
    }

    private static async Task PrintAsync(Session session, IReadOnlyList<TopFlag> flags, bool once)
    {
        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(TopView.Json(flags, TimeProvider.System.GetUtcNow()));
        else
            await TopView.PrintAsync(session.Terminal, flags);
        if (!once && !session.Json)
            await session.Terminal.Out.WriteLineAsync();
        await session.Terminal.Out.FlushAsync();
    }
}
