using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Usage;

/// <summary><c>fabric usage</c>: all pages as one.</summary>
internal static class UsageCommand
{
    /// <summary>As many as the API gives on one page.</summary>
    public const int PageSize = 1000;

    /// <summary>Members are asked one after the other's time, so that a silent one does not end the command.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Build(ClientOptions client)
    {
        var key = new Argument<string?>("KEY") { Description = "Only this flag, with who asks for it.", Arity = ArgumentArity.ZeroOrOne };
        var host = new Option<bool>("--host") { Description = "Only the host of the node that answers, and not all members." };
        var stale = new Option<bool>("--stale") { Description = "Only the keys of flags that nobody asks for, one a line." };
        var after = new Option<string?>("--stale-after") { Description = "A flag is stale that nobody asked for in this time, such as 12h; 30d where nothing is said.", HelpName = "TIME" };
        var command = new Command("usage", "Show how often flags are asked for, by whom, and which nobody asks for.") { key, host, stale, after };
        return client.On(client.Run(command, async (parse, session, token) =>
        {
            var query = $"?scope={(parse.GetValue(host) ? "host" : "fleet")}&limit={PageSize}"
                + (parse.GetValue(key) is { } one ? $"&flag={Uri.EscapeDataString(one)}" : "")
                + (parse.GetValue(after) is { } time ? $"&staleAfter={Uri.EscapeDataString(time)}" : "");
            var (usage, code) = await ReadAsync(session, query, token);
            if (usage is null)
                return code;
            if (session.Json)
                await session.Terminal.Out.WriteLineAsync(usage.Json);
            else if (parse.GetValue(stale))
                await ShowStaleAsync(session, usage);
            else
                await UsageTable.ShowAsync(session, usage, parse.GetValue(key));
            return ExitCode.Ok;
        }));
    }

    /// <summary>All pages of an answer, or the exit code of its failure, which is said already.</summary>
    public static async Task<(UsageReply? Usage, int Code)> ReadAsync(Session session, string query, CancellationToken token)
    {
        var usage = new UsageReply();
        string? after = null;
        do
        {
            var page = after is null ? query : $"{query}&after={Uri.EscapeDataString(after)}";
            var reply = await session.SendAsync(new Call(HttpMethod.Get, $"/api/v1/usage{page}") { Timeout = Patience }, token);
            if (reply is not { IsSuccess: true })
                return (null, await session.FailAsync(reply));
            usage.Add(reply.Json);
            after = reply.Part("next");
        }
        while (after is not null);
        return (usage, ExitCode.Ok);
    }

    private static async Task ShowStaleAsync(Session session, UsageReply usage)
    {
        await UsageTable.WarnAsync(session, usage);
        foreach (var key in usage.Stale)
            await session.PrintAsync(key.GetString()!);
    }
}

/// <summary>The API's answers of all pages.</summary>
internal sealed class UsageReply
{
    public List<JsonElement> Hosts { get; } = [];
    public List<JsonElement> Flags { get; } = [];
    public List<JsonElement> Unknown { get; } = [];
    public List<JsonElement> Stale { get; } = [];

    /// <summary>As the API would write it on one page.</summary>
    public string Json => $$"""{"hosts":{{Text(Hosts)}},"flags":{{Text(Flags)}},"unknown":{{Text(Unknown)}},"stale":{{Text(Stale)}},"next":null}""";

    public void Add(JsonElement page)
    {
        // Each page names the hosts; one that fell silent in between is not in all sums.
        Hosts.RemoveAll(known => page.GetProperty("hosts").EnumerateArray().Any(host => Name(host) == Name(known) && Answered(known)));
        Hosts.AddRange(page.GetProperty("hosts").EnumerateArray().Where(host => Hosts.TrueForAll(known => Name(known) != Name(host))));
        Flags.AddRange(page.GetProperty("flags").EnumerateArray());
        Unknown.AddRange(page.GetProperty("unknown").EnumerateArray());
        Stale.AddRange(page.GetProperty("stale").EnumerateArray());
    }

    public static bool Answered(JsonElement host) => host.GetProperty("answered").GetBoolean();

    private static string? Name(JsonElement host) => host.GetProperty("name").GetString();

    private static string Text(List<JsonElement> elements) => $"[{string.Join(',', elements.Select(static one => one.GetRawText()))}]";
}
