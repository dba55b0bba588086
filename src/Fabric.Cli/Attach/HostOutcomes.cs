using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Attach;

/// <summary>Shows what becomes of an attachment, host by host, as it becomes known.</summary>
internal sealed class HostOutcomes(Session session, string id, long revision)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    /// <summary>Asks until every host has answered or the time is up; gives the exit code.</summary>
    public async Task<int> FollowAsync(TimeSpan timeout, CancellationToken token)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await session.SendAsync(new Call(HttpMethod.Get, $"{AttachCommands.Path}?id={id}&consistency=local&minRevision={revision}"), token);
            if (reply is not { IsSuccess: true })
                return await session.FailAsync(reply);
            var list = reply.Json.GetProperty("attachments");
            if (list.GetArrayLength() == 0)
                return await WithdrawnAsync();
            var hosts = list[0].GetProperty("hosts").EnumerateArray().ToArray();
            foreach (var host in hosts.Where(HasAnswered))
                await ShowAsync(host);
            var isOver = TimeProvider.System.GetElapsedTime(since) >= timeout;
            if (hosts.All(HasAnswered) || isOver)
                return await EndAsync(list[0], hosts);
            await Task.Delay(Pause, token);
        }
    }

    private static bool HasAnswered(JsonElement host) => StateOf(host) is not ("pending" or "unreachable");

    private static string? StateOf(JsonElement host) => host.GetProperty("state").GetString();

    private static string? NameOf(JsonElement host) => host.GetProperty("host").GetString();

    private async Task ShowAsync(JsonElement host)
    {
        if (session.Json || !_shown.Add(NameOf(host)!))
            return;
        var files = host.GetProperty("files").EnumerateArray().ToArray();
        var attached = files.Count(static file => file.GetProperty("state").GetString() == "attached");
        var more = StateOf(host) == "attached"
            ? files.Length > 0 ? $" ({attached} of {files.Length} {(files.Length == 1 ? "file" : "files")})" : ""
            : $": {host.GetProperty("reason").GetString()}";
        await session.PrintAsync($"  {NameOf(host)}  {StateOf(host)}{more}");
    }

    private async Task<int> EndAsync(JsonElement attachment, JsonElement[] hosts)
    {
        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(attachment.GetRawText());
        var silent = hosts.Where(static host => !HasAnswered(host)).ToArray();
        foreach (var host in silent)
            await session.Terminal.Error.WriteLineAsync(Output.Plain.Text($"fabric: {NameOf(host)} is {StateOf(host)}: {host.GetProperty("reason").GetString()}"));
        if (hosts.Any(static host => StateOf(host) == "refused"))
            return ExitCode.Failed;
        if (silent.Length > 0)
            return ExitCode.TimedOut;
        if (hosts.All(static host => StateOf(host) == "absent"))
            await session.HintAsync("no host has this file yet; each attaches when it comes");
        return ExitCode.Ok;
    }

    private async Task<int> WithdrawnAsync()
    {
        await session.Terminal.Error.WriteLineAsync("fabric: it was withdrawn meanwhile");
        return ExitCode.Conflict;
    }
}
