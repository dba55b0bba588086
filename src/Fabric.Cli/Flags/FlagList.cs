using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag list</c>: all pages as one.</summary>
internal static class FlagList
{
    private const int PageSize = 1000;

    public static async Task<int> RunAsync(Session session, CancellationToken token)
    {
        var flags = new List<System.Text.Json.JsonElement>();
        string? after = null;
        do
        {
            var path = $"/api/v1/flags?limit={PageSize}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}";
            var reply = await session.SendAsync(new Call(HttpMethod.Get, path), token);
            if (reply is not { IsSuccess: true })
                return await session.FailAsync(reply);
            flags.AddRange(reply.Json.GetProperty("flags").EnumerateArray());
            after = reply.Part("next");
        }
        while (after is not null);

        if (session.Json)
            await session.Terminal.Out.WriteLineAsync($$"""{"flags":[{{string.Join(',', flags.Select(flag => flag.GetRawText()))}}],"next":null}""");
        else
            await ShowAsync(session, flags);
        return ExitCode.Ok;
    }

    private static async Task ShowAsync(Session session, List<System.Text.Json.JsonElement> flags)
    {
        if (flags.Count == 0)
        {
            await session.HintAsync("there are no flags yet; fabric flag set KEY --default on makes one");
            return;
        }

        var grid = new Grid("KEY", "STATE", "DEFAULT", "ROLLOUT", "REVISION");
        foreach (var flag in flags.Select(FlagShape.From))
            grid.Add(flag.Key, flag.State, flag.Default, flag.Rollout, $"{flag.Revision}");
        grid.WriteTo(session.Terminal);
    }
}
