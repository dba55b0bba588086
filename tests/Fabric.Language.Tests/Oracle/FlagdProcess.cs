using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Language.Tests.Generator;
using Fabric.Tests.Shared;

namespace Fabric.Language.Tests.Oracle;

/// <summary>What flagd's JavaScript core answers.</summary>
/// <param name="Variant">The variant's name, or null.</param>
/// <param name="Reason">OpenFeature's reason.</param>
/// <param name="ErrorCode">OpenFeature's error code, or null.</param>
internal sealed record FlagdAnswer(string? Variant, string Reason, string? ErrorCode)
{
    /// <summary>The same in the words of docs/flag-language.md.</summary>
    internal Answer AsAnswer() => (Reason, ErrorCode) switch
    {
        ("ERROR", "FLAG_NOT_FOUND") => new Answer(null, Tests.Reason.NotFound),
        ("ERROR", "GENERAL" or "PARSE_ERROR") => new Answer(null, Tests.Reason.Error),
        ("STATIC", null) => new Answer(Variant, Tests.Reason.Static),
        ("TARGETING_MATCH", null) => new Answer(Variant, Tests.Reason.TargetingMatch),
        ("DEFAULT", null) => new Answer(Variant, Tests.Reason.Default),
        ("DISABLED", null) => new Answer(null, Tests.Reason.Disabled),
        _ => throw new InvalidOperationException($"flagd answers {this}"),
    };
}

/// <summary>flagd's JavaScript core in a process of node.</summary>
public sealed class FlagdProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _node = Process.Start(new ProcessStartInfo("node", "flagd.js")
    {
        WorkingDirectory = Path.Combine(RepositoryRoot.Path, "tests", "Fabric.Language.Tests", "oracle"),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        StandardOutputEncoding = Encoding.UTF8,
    })!;

    /// <summary>Its answers where it interprets rules, and where it compiles them.</summary>
    internal async Task<(FlagdAnswer[] Interpreting, FlagdAnswer[] Compiling)> AskAsync(World world, IReadOnlyList<Question> questions)
    {
        var flags = new JsonObject(world.Flags.Select(static flag => KeyValuePair.Create(flag.Key, JsonObject.Create(flag.Value) as JsonNode)));
        var request = new JsonObject { ["flags"] = flags, ["questions"] = new JsonArray([.. questions.Select(QuestionJson)]) };
        var answers = await SendAsync(request);
        return (Read(answers[0]), Read(answers[1]));
    }

    /// <summary>Why flagd's schema refuses each definition; null where it takes it.</summary>
    internal async Task<string?[]> RefusalsAsync(IReadOnlyList<string> definitions)
    {
        var request = new JsonObject { ["definitions"] = new JsonArray([.. definitions.Select(static definition => (JsonNode)definition)]) };
        return [.. (await SendAsync(request)).EnumerateArray().Select(static refusal => refusal.GetString())];
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(Patience))
            _node.Kill();
        _node.Dispose();
    }

    private async Task<JsonElement> SendAsync(JsonObject request)
    {
        await _node.StandardInput.WriteLineAsync(Worlds.Json(request));
        await _node.StandardInput.FlushAsync();
        var line = await _node.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return JsonElement.Parse(line ?? throw new InvalidOperationException("node has ended"));
    }

    private static JsonObject QuestionJson(Question question)
    {
        var context = JsonObject.Create(question.Attributes)!;
        if (question.TargetingKey is { } key)
            context["targetingKey"] = key;
        return new JsonObject { ["flag"] = question.Flag, ["context"] = context, ["now"] = question.Moment.UnixNanoseconds / 1_000_000 };
    }

    private static FlagdAnswer[] Read(JsonElement answers) =>
        [.. answers.EnumerateArray().Select(static answer => new FlagdAnswer(answer[0].GetString(), answer[1].GetString()!, answer[2].GetString()))];
}
