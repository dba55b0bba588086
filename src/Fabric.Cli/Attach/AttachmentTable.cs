using System.CommandLine;
using System.Text.Json;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Attach;

/// <summary><c>fabric attach list</c></summary>
internal static class AttachmentTable
{
    public static Command Build(ClientOptions client)
    {
        var host = new Option<bool>("--host") { Description = "Only the host of the node that answers" };
        return client.Run(new Command("list", "List what is attached, and what became of it on each host.") { host }, (parse, session, token) =>
            session.SendAsync(new Call(HttpMethod.Get, $"{AttachCommands.Path}?consistency=local{(parse.GetValue(host) ? "&scope=host" : "")}"), reply => ShowAsync(session, reply), token));
    }

    private static async Task ShowAsync(Session session, Reply reply)
    {
        var attachments = reply.Json.GetProperty("attachments").EnumerateArray().ToArray();
        if (attachments.Length == 0)
        {
            await session.HintAsync("nothing is attached; fabric attach --exe PATH --symbol NAME attaches a function");
            return;
        }

        var grid = new Grid("EXE", "SYMBOL", "HOST", "STATE", "FILES", "PROBE", "BUILD", "REASON", "ID");
        foreach (var attachment in attachments)
        {
            foreach (var host in attachment.GetProperty("hosts").EnumerateArray())
                AddHost(grid, attachment, host);
        }

        grid.WriteTo(session.Terminal);
    }

    /// <summary>Containers of one image are alike, and so are one line.</summary>
    private static void AddHost(Grid grid, JsonElement attachment, JsonElement host)
    {
        var (exe, symbol, name, id) = (Cell(attachment, "exe"), Cell(attachment, "symbol"), Cell(host, "host"), Cell(attachment, "id"));
        var kinds = host.GetProperty("files").EnumerateArray()
            .GroupBy(static file => (State: Cell(file, "state"), Probe: Cell(file, "probe"), Build: Cell(file, "buildId"), Reason: Cell(file, "reason")))
            .ToArray();
        if (kinds.Length == 0)
            grid.Add(exe, symbol, name, Cell(host, "state"), "0", null, null, Cell(host, "reason"), id);
        foreach (var kind in kinds)
            grid.Add(exe, symbol, name, kind.Key.State, $"{kind.Count()}", kind.Key.Probe, kind.Key.Build, kind.Key.Reason, id);
    }

    private static string? Cell(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
