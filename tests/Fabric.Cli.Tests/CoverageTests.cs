using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fabric.Cli.Tests;

/// <summary>Every operation of the API has a command: each is run, and what it asks for is written down on its way.</summary>
public sealed class CoverageTests(LiveNode node) : IClassFixture<LiveNode>
{
    private const string Attachment = "01234567890abcdef01234567890abcd";

    private static readonly Dictionary<string, string[]> Commands = new(StringComparer.Ordinal)
    {
        ["GET /api/v1/flags"] = ["flag", "list"],
        ["GET /api/v1/flags/{key}"] = ["flag", "get", "covered"],
        ["PUT /api/v1/flags/{key}"] = ["flag", "set", "covered", "--default", "on"],
        ["PATCH /api/v1/flags/{key}"] = ["flag", "off", "covered"],
        ["DELETE /api/v1/flags/{key}"] = ["flag", "delete", "absent"],
        ["POST /api/v1/flags/{key}/explain"] = ["flag", "explain", "covered"],
        ["GET /api/v1/flags/{key}/history"] = ["flag", "history", "covered"],
        ["GET /api/v1/flags/{key}/history/{revision}"] = ["flag", "history", "covered", "--at", "2"],
        ["GET /api/v1/flags/{key}/diff"] = ["flag", "diff", "covered", "2"],
        ["POST /api/v1/flags/{key}/rollback"] = ["flag", "rollback", "covered", "2"],
        ["POST /api/v1/import"] = ["flag", "import", "-"],
        ["GET /api/v1/export"] = ["flag", "export"],
        ["POST /ofrep/v1/evaluate/flags/{key}"] = ["flag", "evaluate", "covered"],
        ["POST /ofrep/v1/evaluate/flags"] = ["flag", "evaluate"],
        ["POST /api/v1/changes"] = ["change", "-"],
        ["GET /api/v1/history"] = ["history"],
        ["POST /api/v1/rollback"] = ["rollback", "2"],
        ["GET /api/v1/events"] = ["watch"],
        ["GET /api/v1/backup"] = ["backup", "FILE"],
        ["GET /api/v1/attachments"] = ["attach", "list"],
        ["PUT /api/v1/attachments"] = ["attach", "--exe", "/bin/ls", "--symbol", "fine"],
        ["POST /api/v1/attachments"] = ["attach", "--exe", "/bin/ls", "--symbol", "fine"],
        ["DELETE /api/v1/attachments"] = ["detach", "--exe", "/bin/ls", "--symbol", "fine"],
        ["DELETE /api/v1/attachments/{id}"] = ["detach", Attachment],
        ["GET /api/v1/builds"] = ["builds"],
        ["GET /api/v1/usage"] = ["usage"],
        ["GET /api/v1/node"] = ["status"],
        ["GET /api/v1/cluster"] = ["cluster", "status"],
        ["DELETE /api/v1/cluster/hosts/{name}"] = ["cluster", "remove", "absent"],
        ["POST /api/v1/cluster/hosts/{name}/replace"] = ["cluster", "replace", "absent"],
        ["POST /api/v1/cluster/hosts/{name}/promote"] = ["cluster", "promote", "absent"],
        ["POST /api/v1/cluster/leader"] = ["cluster", "transfer-leader"],
        ["GET /healthz"] = ["health", "--alive"],
        ["GET /readyz"] = ["health"],
        ["GET /metrics"] = ["api", "/metrics"],
        ["GET /openapi/v1.json"] = ["api", "/openapi/v1.json"],
        ["GET /ofrep/v1/events"] = ["api", "/ofrep/v1/events"],
    };

    /// <summary>PUT and POST attach alike; the command takes one of them.</summary>
    private static readonly string[] Alike = ["PUT /api/v1/attachments", "POST /api/v1/attachments"];

    [Fact]
    public async Task Every_operation_of_the_api_has_a_command()
    {
        using var http = new HttpClient();
        var document = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{node.Url}/openapi/v1.json"), TestContext.Current.CancellationToken)).RootElement;
        var operations = from path in document.GetProperty("paths").EnumerateObject()
                         from method in path.Value.EnumerateObject()
                         select $"{method.Name.ToUpperInvariant()} {path.Name}";
        Assert.Equal(operations.Order(StringComparer.Ordinal), Commands.Keys.Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> Operations => [.. Commands.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_command_asks_for_its_operation(string operation)
    {
        await using var proxy = new RecordingProxy(new Uri(node.Url));
        await proxy.StartAsync();
        await node.RunAsync("flag", "set", "covered", "--default", "on");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var command = Cli.RunAsync("{\"flags\":{},\"changes\":[]}", stop.Token, [.. Commands[operation].Select(word => word == "FILE" ? Path.Combine(node.Folder, "backup") : word), "--url", proxy.Url.ToString()]);
        // Streams have no end of their own.
        await Task.WhenAny(command, proxy.HeardAsync(one => Matches(operation, one)));
        await stop.CancelAsync();
        await command.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.Contains(proxy.Heard, one => (Alike.Contains(operation) ? Alike : [operation]).Any(same => Matches(same, one)));
    }

    private static bool Matches(string operation, string heard) =>
        Regex.IsMatch(heard, $"^{Regex.Replace(Regex.Escape(operation).Replace("}", "\\}", StringComparison.Ordinal), @"\\\{\w+\\+\}", "[^/]+")}$");
}
