using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Attach;

/// <summary><c>fabric attach</c> and <c>fabric detach</c>: functions of programs that know nothing of Fabric, on the node's own host.</summary>
internal static class AttachCommands
{
    private const string Path = "/api/v1/attachments";
    private static readonly string[] Columns = ["exe", "symbol", "abi", "signature", "state", "reason"];

    public static Command Attach(ClientOptions client)
    {
        var (exe, symbol) = (Exe(), Symbol());
        var abi = ClientOptions.Words(new Option<string>("--abi") { Description = "How the function is called", DefaultValueFactory = _ => "auto" }, "auto", "c", "go");
        var signature = ClientOptions.Words(
            new Option<string>("--signature") { Description = "Its arguments: the flag's key, or that and a targeting key", DefaultValueFactory = _ => "flag" }, "flag", "flag,key");
        const string about =
            """
            Let the table answer for a function of a program on the node's host.

            Example:
              fabric attach --exe /usr/bin/shop --symbol is_feature_enabled
            """;
        var command = new Command("attach", about) { exe, symbol, abi, signature, List(client) };
        return client.On(client.Run(command, (parse, session, token) =>
        {
            var call = new Call(HttpMethod.Post, Path)
            {
                Body = Body(Full(parse.GetRequiredValue(exe)), parse.GetRequiredValue(symbol), parse.GetValue(abi)!, parse.GetValue(signature)!),
            };
            return session.SendAsync(call, reply => session.PrintAsync($"{reply.Part("symbol")} of {reply.Part("exe")} is attached"), token);
        }));
    }

    public static Command Detach(ClientOptions client)
    {
        var (exe, symbol) = (Exe(), Symbol());
        (exe.Required, symbol.Required) = (false, false);
        var command = new Command("detach", "Give a function back to itself.") { exe, symbol, DetachAll.Option };
        return client.On(client.Run(command, (parse, session, token) =>
        {
            if (parse.GetValue(DetachAll.Option))
                return DetachAll.RunAsync(session);
            if (parse.GetValue(exe) is not { } path || parse.GetValue(symbol) is not { } name)
                throw new UsageException("say what to detach: --exe PATH --symbol NAME, or --all");
            var query = $"exe={Uri.EscapeDataString(Full(path))}&symbol={Uri.EscapeDataString(name)}";
            return session.SendAsync(new Call(HttpMethod.Delete, $"{Path}?{query}"),
                reply => session.PrintAsync($"{reply.Part("symbol")} of {reply.Part("exe")} is detached"), token);
        }));
    }

    private static Command List(ClientOptions client) =>
        client.Run(new Command("list", "List what is attached on the node's host."), (_, session, token) =>
            session.SendAsync(new Call(HttpMethod.Get, Path), reply => Show(session, reply), token));

    private static async Task Show(Session session, Reply reply)
    {
        var attachments = reply.Json.GetProperty("attachments").EnumerateArray().ToArray();
        if (attachments.Length == 0)
        {
            await session.HintAsync("nothing is attached; fabric attach --exe PATH --symbol NAME attaches a function");
            return;
        }

        var grid = new Grid([.. Columns.Select(name => name.ToUpperInvariant())]);
        foreach (var attachment in attachments)
            grid.Add([.. Columns.Select(name => attachment.GetProperty(name).GetString())]);
        grid.WriteTo(session.Terminal);
    }

    private static Option<string> Exe() => new("--exe") { Description = "The executable or library", HelpName = "PATH", Required = true };

    private static Option<string> Symbol() => new("--symbol") { Description = "The function's symbol", HelpName = "NAME", Required = true };

    /// <summary>The node has a working folder of its own, so it is told the whole path.</summary>
    private static string Full(string exe) => System.IO.Path.GetFullPath(exe);

    private static byte[] Body(string exe, string symbol, string abi, string signature)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("exe", exe);
            writer.WriteString("symbol", symbol);
            writer.WriteString("abi", abi);
            writer.WriteString("signature", signature);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
