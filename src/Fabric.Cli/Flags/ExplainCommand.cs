using System.CommandLine;
using System.Text;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag explain</c>: why a flag answers a caller what it does.</summary>
internal static class ExplainCommand
{
    private const string About =
        """
        Say what a flag answers a caller on the node's host, and why: what was asked, which part of the definition decided,
        where the caller falls among shares, and the facts that were looked at.

        Examples:
          fabric flag explain new-checkout --key user-17
          fabric flag explain new-checkout --key user-17 -a plan=pro -a user.age=42
          fabric flag explain new-checkout --context '{"targetingKey": "user-17", "roles": ["admin"]}'
          fabric flag explain new-checkout --context @caller.json -o json
        """;

    public static Command Build(ClientOptions client)
    {
        var key = FlagCommands.Key();
        var caller = new CallerOptions();
        return client.Run(new Command("explain", About) { key, caller.TargetingKey, caller.Context, caller.Attributes }, async (parse, session, token) =>
        {
            var call = new Call(HttpMethod.Post, $"{FlagCommands.PathOf(parse.GetRequiredValue(key))}/explain")
            {
                Body = Encoding.UTF8.GetBytes($$"""{"context":{{await caller.ReadAsync(parse, session.Terminal, token)}}}"""),
            };
            return await session.SendAsync(call, reply => ShowAsync(session, reply.Json), token);
        });
    }

    private static async Task ShowAsync(Session session, JsonElement answer)
    {
        var answered = answer.TryGetProperty("variant", out var variant)
            ? $"answers {variant.GetString()} = {answer.GetProperty("value").GetRawText()}"
            : "leaves the program its own default";
        await session.PrintAsync($"{Text(answer, "key")} {answered}");
        await session.PrintAsync($"  because   {Text(answer, "reason")}, decided at {Text(answer, "rule")}");
        await session.PrintAsync($"  revision  {answer.GetProperty("revision").GetInt64()}");
        if (answer.TryGetProperty("bucket", out var bucket))
            await session.PrintAsync($"  share     point {bucket.GetProperty("point").GetInt64()} of {bucket.GetProperty("total").GetInt64()} (hash {bucket.GetProperty("hash").GetInt64():x8})");
        foreach (var fact in answer.GetProperty("facts").EnumerateObject())
            await session.PrintAsync($"  fact      {fact.Name} = {fact.Value.GetRawText()}");
        ShowSteps(session.Terminal, answer.GetProperty("steps").EnumerateArray().ToArray());
        if (answer.TryGetProperty("isCut", out _))
            await session.HintAsync("there were more steps or facts than are shown");
        if (answer.TryGetProperty("evaluableInReason", out var reason))
            await session.HintAsync(Plain.Text($"it is evaluated over HTTP only, and programs on the hosts run their own default: {reason.GetString()}"));
    }

    private static void ShowSteps(Terminal terminal, JsonElement[] steps)
    {
        if (steps.Length == 0)
            return;
        var grid = new Grid("FOUND", "ASKED", "AT");
        foreach (var step in steps)
            grid.Add(Text(step, "found"), Text(step, "asked"), Text(step, "at"));
        grid.WriteTo(terminal);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
