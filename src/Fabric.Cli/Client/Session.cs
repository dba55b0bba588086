using System.Text.Json;
using Fabric.Cli.Output;

namespace Fabric.Cli.Client;

/// <summary>One command's conversation with a fabric, and what it prints of it.</summary>
internal sealed class Session(Terminal terminal, IReadOnlyList<Uri> endpoints, string actor, bool json, string? wait = null) : IDisposable
{
    private readonly NodeClient _client = new(endpoints, actor, terminal.Error);

    public Terminal Terminal => terminal;

    /// <summary>The API's own answers are printed, not tables made from them.</summary>
    public bool Json => json;

    /// <summary>Writes are to wait until the whole fleet has them.</summary>
    public bool Waits => wait is not null;

    public IReadOnlyList<Uri> Endpoints => endpoints;

    /// <summary>Somebody has said which node, rather than leave it to the usual address.</summary>
    public bool IsAddressed { get; init; } = true;

    public Task<Reply?> SendAsync(Call call, CancellationToken token) => _client.SendAsync(call, token);

    /// <summary>Sends, and prints the answer: as it is, or by <paramref name="show"/>. Failures get their exit code.</summary>
    public async Task<int> SendAsync(Call call, Func<Reply, Task> show, CancellationToken token)
    {
        var reply = await _client.SendAsync(FleetOption.Apply(call, wait), token);
        if (reply is not { IsSuccess: true })
            return await FailAsync(reply, call.Operation);
        if (json)
            await terminal.Out.WriteLineAsync(reply.Text);
        else
            await show(reply);
        return await FleetOption.ShowAsync(this, reply);
    }

    /// <summary>Says why it did not work, on standard error.</summary>
    public async Task<int> FailAsync(Reply? reply, Guid? operation = null)
    {
        if (reply is null)
        {
            await terminal.Error.WriteLineAsync(operation is null
                ? "fabric: no node answered"
                : $"fabric: no node answered, so the write may or may not apply; send it again with --idempotency-key {operation:D}");
            return ExitCode.NoLeader;
        }

        if (json && reply.Json.ValueKind == JsonValueKind.Object)
            await terminal.Error.WriteLineAsync(reply.Text);
        else
            await SayAsync(reply);
        return CodeOf(reply.Status);
    }

    public Task PrintAsync(string line) => terminal.Out.WriteLineAsync(Plain.Text(line));

    public Task HintAsync(string line) => terminal.Error.WriteLineAsync($"hint: {line}");

    public void Dispose() => _client.Dispose();

    private async Task SayAsync(Reply reply)
    {
        var errors = reply.Json.ValueKind == JsonValueKind.Object && reply.Json.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().ToArray()
            : [];
        var title = reply.Part("title") ?? $"{reply.Endpoint.GetLeftPart(UriPartial.Authority)} answered {reply.Status}";
        await terminal.Error.WriteLineAsync(Plain.Text(errors.Length > 0 ? $"fabric: {title}:" : $"fabric: {title}: {reply.Part("detail") ?? "it is not a Fabric node"}"));
        foreach (var error in errors)
        {
            var path = error.GetProperty("path").GetString();
            await terminal.Error.WriteLineAsync(Plain.Text($"  {(path is "" ? "" : $"{path}: ")}{error.GetProperty("reason").GetString()}"));
        }
    }

    private static int CodeOf(int status) => status switch
    {
        404 or 410 => ExitCode.NotFound,
        409 or 412 => ExitCode.Conflict,
        401 or 403 => ExitCode.NotPermitted,
        502 or 503 or 504 => ExitCode.NoLeader,
        _ => ExitCode.Failed,
    };
}
