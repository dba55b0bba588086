using System.CommandLine;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag import</c>: many flags from one file.</summary>
internal static class ImportCommand
{
    private const string About =
        """
        Create and replace flags from a file in flagd's format. Flags that the file does not name stay as they are.

        One flag that is refused refuses the file, unless --partial leaves it out. Flags that are the same already are not
        written. Up to 128 flags with 64 KiB are one change that shows as a whole; a larger file takes several.

        Examples:
          fabric flag import flags.json --dry-run     what would become of each flag
          fabric flag import flags.json
          fabric flag export | fabric flag import - --url http://10.0.0.9:7401

        Exits with 0 when it wrote, 3 when everything was the same already, 1 when a flag was refused.
        """;

    // A large file takes many change sets, each with a majority of the voters.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Build(ClientOptions client)
    {
        var file = new Argument<string>("file") { Description = "The file; - reads standard input", HelpName = "FILE|-" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would become of each flag and change nothing" };
        var partial = new Option<bool>("--partial") { Description = "Leave out what is refused and write the rest" };
        var (message, operation) = (FlagCommands.Message(), FlagCommands.Operation());
        return client.Run(new Command("import", About) { file, dryRun, partial, message, operation }, async (parse, session, token) =>
        {
            var body = await InputFile.ReadAsync(parse.GetRequiredValue(file), "", session.Terminal, token);
            var call = new Call(HttpMethod.Post, PathOf(parse.GetValue(dryRun), parse.GetValue(partial), parse.GetValue(message)))
            {
                Body = body,
                Operation = parse.GetValue(dryRun) ? null : parse.GetValue(operation) ?? Guid.NewGuid(),
                Timeout = Patience,
            };
            // What fits one entry of the log is done before anybody could look.
            var reply = await UploadBar.ShowAsync(session.Terminal, body.Length, body.Length > Fabric.Flags.Limits.EntryBytes,
                sent => session.SendAsync(call with { Sent = sent }, token));
            return await ShowAsync(session, reply, call.Operation);
        });
    }

    private static string PathOf(bool dryRun, bool partial, string? message)
    {
        var query = new List<string>();
        if (dryRun)
            query.Add("dryRun=true");
        if (partial)
            query.Add("partial=true");
        if (message is not null)
            query.Add($"message={Uri.EscapeDataString(message)}");
        return $"/api/v1/import{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}";
    }

    private static async Task<int> ShowAsync(Session session, Reply? reply, Guid? operation)
    {
        var report = reply is null ? null : ImportReport.From(reply);
        if (!session.Json && report is not null)
            await report.PrintAsync(session);
        if (reply is not { IsSuccess: true })
            return await FailAsync(session, reply, operation);
        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(reply.Text);
        return report switch
        {
            { Refused: > 0 } => ExitCode.Failed,
            { Written: 0 } => ExitCode.Unchanged,
            _ => ExitCode.Ok,
        };
    }

    private static async Task<int> FailAsync(Session session, Reply? reply, Guid? operation)
    {
        var code = await session.FailAsync(reply, operation);
        if (reply?.Part("applied") is "partly" && !session.Json)
            await session.HintAsync($"--idempotency-key {operation:D} goes on where it stopped");
        return code;
    }
}
