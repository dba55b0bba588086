using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Output;

namespace Fabric.Cli.Client;

/// <summary><c>--wait</c>: a write is answered when every host's programs see it.</summary>
internal static class FleetOption
{
    private const string Usual = "5s";

    public static Option<string?> Make() => new("--wait")
    {
        Description = "Writes wait until the whole fleet has them, at most so long [5s], and name the hosts that are behind (exit 9)",
        HelpName = "TIME",
        Arity = ArgumentArity.ZeroOrOne,
        Recursive = true,
    };

    /// <summary>How long to wait, as the API takes it; null where nobody asked.</summary>
    public static string? Read(ParseResult parse, Option<string?> option) =>
        parse.GetResult(option) is null ? null : parse.GetValue(option) ?? Usual;

    /// <summary>The call with the wait in it, where it writes.</summary>
    public static Call Apply(Call call, string? wait)
    {
        if (wait is null || call.Operation is null)
            return call;
        var path = $"{call.Path}{(call.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}wait=fleet&timeout={Uri.EscapeDataString(wait)}";
        return call with { Path = path, Timeout = call.Timeout + Longest(wait) };
    }

    /// <summary>Says how far the fleet is, where the answer says so.</summary>
    public static async Task<int> ShowAsync(Session session, Reply reply)
    {
        if (reply.Json.ValueKind != JsonValueKind.Object || !reply.Json.TryGetProperty("fleet", out var fleet))
            return ExitCode.Ok;
        var behind = fleet.GetProperty("behind").EnumerateArray().ToArray();
        if (!session.Json)
            await session.PrintAsync($"{fleet.GetProperty("applied").GetArrayLength()} hosts have it");
        foreach (var host in behind)
        {
            await session.Terminal.Error.WriteLineAsync(Plain.Text(
                $"fabric: {host.GetProperty("host").GetString()} is behind: at revision {host.GetProperty("revision").GetInt64()}, since {host.GetProperty("since").GetDateTimeOffset():O}"));
        }

        return behind.Length == 0 ? ExitCode.Ok : ExitCode.Behind;
    }

    /// <summary>What the node judges as a time, and at most the ten minutes that it takes.</summary>
    private static TimeSpan Longest(string wait)
    {
        var digits = new string([.. wait.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.')]);
        var number = double.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out var read) ? read : 0;
        var seconds = wait[digits.Length..] switch { "ms" => number / 1000, "m" => number * 60, _ => number };
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 600));
    }
}
