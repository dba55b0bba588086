using System.CommandLine;
using System.Text;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Completion;
using Fabric.Cli.Output;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag evaluate</c>: what a caller is answered over HTTP.</summary>
internal static class EvaluateCommand
{
    private const string About =
        """
        Evaluate a flag, or all of them, for a caller, as OFREP's clients do. It counts as a question that was asked;
        fabric flag explain does not, and says why.

        Examples:
          fabric flag evaluate new-checkout --key user-17
          fabric flag evaluate --key user-17 -a plan=pro        all flags

        Exits 4 for a flag that is not there.
        """;

    public static Command Build(ClientOptions client)
    {
        var key = LiveKeys.Completed(new Argument<string?>("key") { Description = "The flag's key; all flags without one", HelpName = "KEY", DefaultValueFactory = _ => null });
        var caller = new CallerOptions();
        return client.Run(new Command("evaluate", About) { key, caller.TargetingKey, caller.Context, caller.Attributes }, async (parse, session, token) =>
        {
            var one = parse.GetValue(key);
            var call = new Call(HttpMethod.Post, $"/ofrep/v1/evaluate/flags{(one is null ? "" : $"/{Uri.EscapeDataString(one)}")}")
            {
                Body = Encoding.UTF8.GetBytes($$"""{"context":{{await caller.ReadAsync(parse, session.Terminal, token)}}}"""),
            };
            return await session.SendAsync(call, reply => Show(session, one is null ? [.. reply.Json.GetProperty("flags").EnumerateArray()] : [reply.Json]), token);
        });
    }

    private static Task Show(Session session, JsonElement[] answers)
    {
        var grid = new Grid("KEY", "VALUE", "VARIANT", "REASON");
        foreach (var answer in answers)
            grid.Add(Text(answer, "key"), Text(answer, "value"), Text(answer, "variant"), Text(answer, "reason") ?? Text(answer, "errorDetails"));
        grid.WriteTo(session.Terminal);
        return answers.Length > 0 ? Task.CompletedTask : session.HintAsync("there are no flags yet; fabric flag set KEY --default on makes one");
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;
}
