using System.CommandLine;

namespace Fabric.Cli.Client;

/// <summary>The options that every command has that talks to a node.</summary>
internal sealed class ClientOptions(Terminal terminal)
{
    public const string DefaultUrl = "http://127.0.0.1:7401";
    private const string Variable = "FABRIC_URL";

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Nodes to talk to, comma-separated, tried in turn [{Variable}, otherwise {DefaultUrl}]",
        Recursive = true,
    };

    private readonly Option<string?> _actor = new("--as")
    {
        Description = "Who you are, for the history; nothing proves it [the user of this system, as user@host]",
        HelpName = "NAME",
        Recursive = true,
    };

    private readonly Option<string> _output = Words(new Option<string>("--output", "-o")
    {
        Description = "table, or json: the API's own answer",
        DefaultValueFactory = _ => "table",
        Recursive = true,
    }, "table", "json");

    private readonly Option<string?> _wait = FleetOption.Make();

    public Terminal Terminal => terminal;

    /// <summary>The node that a half-typed command would talk to first.</summary>
    /// <exception cref="UsageException">What was given is no address.</exception>
    public static Uri FirstEndpoint(ParseResult parse)
    {
        var given = parse.CommandResult.Command.Parents.Append(parse.CommandResult.Command).OfType<Command>().SelectMany(static command => command.Options)
            .OfType<Option<string?>>().FirstOrDefault(static option => option.Name == "--url") is { } url ? parse.GetValue(url) : null;
        given ??= Environment.GetEnvironmentVariable(Variable);
        return ReadUrl((string.IsNullOrWhiteSpace(given) ? DefaultUrl : given).Split(',')[0].Trim());
    }

    /// <summary>Gives the options to a command and to all below it.</summary>
    public Command On(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_actor);
        command.Options.Add(_output);
        command.Options.Add(_wait);
        return command;
    }

    /// <summary>Lets a command run with a client made from its options.</summary>
    public Command Run(Command command, Func<ParseResult, Session, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parse, token) =>
        {
            using var session = new Session(terminal, Endpoints(parse), Actor(parse), parse.GetValue(_output) == "json", FleetOption.Read(parse, _wait))
            {
                IsAddressed = Given(parse) is not null,
            };
            return await run(parse, session, token);
        });
        return command;
    }

    /// <summary>Lets an option take these words and no other.</summary>
    public static Option<string> Words(Option<string> option, params string[] words)
    {
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private string Actor(ParseResult parse)
    {
        if (parse.GetValue(_actor) is not { } given)
            return $"{Environment.UserName}@{Environment.MachineName}";
        return given.Length > 0 && !given.Any(char.IsControl)
            ? given
            : throw new UsageException("--as is a name without control characters");
    }

    private IReadOnlyList<Uri> Endpoints(ParseResult parse)
    {
        var texts = (Given(parse) ?? DefaultUrl).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. texts.Select(ReadUrl)];
    }

    private string? Given(ParseResult parse)
    {
        var given = parse.GetValue(_url) ?? Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(given) ? null : given;
    }

    private static Uri ReadUrl(string text)
    {
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/"
            ? uri
            : throw new UsageException($"\"{text}\" is not a node's address, such as {DefaultUrl}");
    }
}
