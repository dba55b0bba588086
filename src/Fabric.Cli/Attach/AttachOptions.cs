using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Attach;

/// <summary>The options of <c>fabric attach</c> that say how, and how long to look.</summary>
internal sealed class AttachOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Option<string> _abi = ClientOptions.Words(
        new Option<string>("--abi") { Description = "How the function is called", DefaultValueFactory = _ => "auto" }, "auto", "c", "go");

    private readonly Option<string> _signature = ClientOptions.Words(
        new Option<string>("--signature") { Description = "Its arguments: the flag's key, or that and a targeting key", DefaultValueFactory = _ => "flag" }, "flag", "flag,key");

    private readonly Option<string[]> _builds = new("--build-id")
    {
        Description = "Only files with this build-id; may be given several times",
        HelpName = "ID",
    };

    private readonly Option<string> _timeout = new("--timeout")
    {
        Description = "How long to wait for what becomes of it on each host, such as 10s or 2m",
        HelpName = "TIME",
        DefaultValueFactory = _ => "10s",
    };

    public void On(Command command)
    {
        foreach (var option in new Option[] { _abi, _signature, _builds, _timeout })
            command.Options.Add(option);
    }

    public TimeSpan Timeout(ParseResult parse)
    {
        var text = parse.GetValue(_timeout)!;
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (long)number * unit <= Longest.TotalSeconds
                ? TimeSpan.FromSeconds((long)number * unit)
                : throw new UsageException($"--timeout is \"{text}\": a time such as 10s or 2m, of at most {Longest.TotalMinutes:0} minutes");
    }

    public byte[] Body(ParseResult parse, string exe, string symbol, string? message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("exe", exe);
            writer.WriteString("symbol", symbol);
            writer.WriteString("abi", parse.GetValue(_abi));
            writer.WriteString("signature", parse.GetValue(_signature));
            writer.WriteStartArray("buildIds");
            foreach (var id in parse.GetValue(_builds) ?? [])
                writer.WriteStringValue(id);
            writer.WriteEndArray();
            if (message is not null)
                writer.WriteString("message", message);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
