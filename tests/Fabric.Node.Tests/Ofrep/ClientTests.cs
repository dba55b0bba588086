using System.Diagnostics;
using System.Text.Json;
using Fabric.Node.Tests.Fakes;
using Fabric.Tests.Shared;

namespace Fabric.Node.Tests.Ofrep;

/// <summary>OpenFeature's own OFREP clients, as npm has them, against a node.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private TestNode _node = null!;

    private string BaseUrl => _node.Host.Addresses[0].GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync() => _node = await TestNode.StartWithTableAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_server_provider_reads_every_kind_of_answer()
    {
        await _node.PutAsync("bool", """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","metadata":{"owner":"shop","tier":2}}""");
        await _node.PutAsync("string", """{"state":"ENABLED","variants":{"a":"red","b":"blue"},"defaultVariant":"b"}""");
        await _node.PutAsync("number", """{"state":"ENABLED","variants":{"a":1.5},"defaultVariant":"a"}""");
        await _node.PutAsync("object", """{"state":"ENABLED","variants":{"a":{"x":[1,null]}},"defaultVariant":"a"}""");
        await _node.PutAsync("disabled", """{"state":"DISABLED","variants":{"a":"red"},"defaultVariant":"a"}""");
        await _node.PutAsync("rule", Rule("""{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on","off"]}"""));
        await _node.PutAsync("broken", Rule("""{"if":[{"<":[{"var":"targetingKey"},1]},"on"]}"""));

        var answers = await ServerAsync(
            """{"type":"boolean","key":"bool","otherwise":false}""",
            """{"type":"string","key":"string","otherwise":"none"}""",
            """{"type":"number","key":"number","otherwise":0}""",
            """{"type":"object","key":"object","otherwise":{}}""",
            """{"type":"string","key":"disabled","otherwise":"mine"}""",
            """{"type":"boolean","key":"rule","otherwise":false,"context":{"targetingKey":"ann","roles":["user","admin"]}}""",
            """{"type":"boolean","key":"broken","otherwise":true,"context":{"targetingKey":"ann"}}""",
            """{"type":"boolean","key":"absent","otherwise":true}""",
            """{"type":"boolean","key":"bool","otherwise":false,"context":{"targetingKey":5}}""",
            """{"type":"string","key":"bool","otherwise":"mine"}""");

        AssertAnswer(answers[0], "true", "on", "STATIC");
        Assert.Equal("""{"owner":"shop","tier":2}""", answers[0].GetProperty("flagMetadata").GetRawText());
        AssertAnswer(answers[1], "\"blue\"", "b", "STATIC");
        AssertAnswer(answers[2], "1.5", "a", "STATIC");
        AssertAnswer(answers[3], """{"x":[1,null]}""", "a", "STATIC");
        Assert.Equal("\"mine\"", answers[4].GetProperty("value").GetRawText());
        AssertAnswer(answers[5], "true", "on", "TARGETING_MATCH");
        AssertFailure(answers[6], "true", "GENERAL");
        AssertFailure(answers[7], "true", "FLAG_NOT_FOUND");
        AssertFailure(answers[8], "false", "INVALID_CONTEXT");
        AssertFailure(answers[9], "\"mine\"", "TYPE_MISMATCH");
    }

    [Fact]
    public async Task The_web_provider_evaluates_again_when_the_node_tells_of_a_change()
    {
        await _node.PutAsync("colour", Colour("red"));
        using var client = Start("web.js", BaseUrl, "colour");
        try
        {
            Assert.Equal(("ready", "red", "STATIC"), await NextAsync(client));

            await _node.PutAsync("colour", Colour("blue"));
            Assert.Equal(("changed", "blue", "STATIC"), await NextAsync(client));

            await _node.PutAsync("colour",
                """{"state":"ENABLED","variants":{"red":"red","blue":"blue"},"targeting":{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"red"]}}""");
            Assert.Equal(("changed", "red", "TARGETING_MATCH"), await NextAsync(client));

            client.StandardInput.Close();
            await client.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal(0, client.ExitCode);
        }
        finally
        {
            if (!client.HasExited)
                client.Kill();
        }

        static string Colour(string name) => $$"""{"state":"ENABLED","variants":{"red":"red","blue":"blue"},"defaultVariant":"{{name}}"}""";
    }

    private static string Rule(string targeting) =>
        $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{{targeting}}}""";

    private static void AssertAnswer(JsonElement answer, string value, string variant, string reason) => Assert.Equal(
        (value, variant, reason),
        (answer.GetProperty("value").GetRawText(), answer.GetProperty("variant").GetString(), answer.GetProperty("reason").GetString()));

    private static void AssertFailure(JsonElement answer, string value, string code) => Assert.Equal(
        (value, "ERROR", code),
        (answer.GetProperty("value").GetRawText(), answer.GetProperty("reason").GetString(), answer.GetProperty("errorCode").GetString()));

    private async Task<JsonElement[]> ServerAsync(params string[] questions)
    {
        using var client = Start("server.js", BaseUrl, $"[{string.Join(',', questions)}]");
        var output = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await client.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, client.ExitCode);
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
    }

    private static async Task<(string?, string?, string?)> NextAsync(Process client)
    {
        var line = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.NotNull(line);
        var answer = JsonDocument.Parse(line).RootElement;
        return (answer.GetProperty("what").GetString(), answer.GetProperty("value").GetString(), answer.GetProperty("reason").GetString());
    }

    private static Process Start(string script, params string[] arguments)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "tests", "Fabric.Node.Tests", "ofrep-clients");
        return Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }
}
