using System.Text.Json;
using System.Text.RegularExpressions;
using Fabric.Node.OpenApi;
using Fabric.Node.Telemetry;
using Fabric.Node.Tests.Fakes;
using Fabric.Tests.Shared;
using Microsoft.AspNetCore.Routing;

namespace Fabric.Node.Tests.Api;

/// <summary>
/// What <c>/openapi/v1.json</c> says. <c>FABRIC_WRITE_GOLDEN=1</c> before the tests' program writes the golden file anew,
/// to be looked at with git diff.
/// </summary>
public sealed partial class OpenApiTests : IAsyncLifetime
{
    private static readonly string Golden = Path.Combine(RepositoryRoot.Path, "tests/Fabric.Node.Tests/Api/openapi.v1.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private TestNode _node = null!;
    private JsonElement _document;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(parts: parts => parts with { Telemetry = new TelemetrySettings(new Dictionary<string, string?>()) });
        _document = (await _node.GetAsync(OtherAddresses.Itself)).Body;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public void The_description_is_what_was_agreed()
    {
        var text = $"{JsonSerializer.Serialize(_document, Indented)}\n";
        if (Environment.GetEnvironmentVariable("FABRIC_WRITE_GOLDEN") == "1")
            File.WriteAllText(Golden, text);

        Assert.True(File.ReadAllText(Golden) == text,
            "the description has changed; FABRIC_WRITE_GOLDEN=1 tests/Fabric.Node.Tests/bin/Release/net10.0/Fabric.Node.Tests -class '*OpenApiTests' writes it anew");
    }

    [Fact]
    public void Every_address_that_is_served_is_described()
    {
        var served = _node.Host.Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.RoutePattern.RawText?.StartsWith("/internal", StringComparison.Ordinal) != true)
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"])
                .Select(method => $"{method} {Constraint().Replace(endpoint.RoutePattern.RawText!, "{$1}").TrimEnd('/').Replace("{documentName}", "v1", StringComparison.Ordinal)}"))
            .Where(static one => !one.StartsWith("HEAD ", StringComparison.Ordinal));

        Assert.Empty(served.Except(Operations().Select(static one => one.Name)));
    }

    [Fact]
    public void Every_parameter_says_what_it_means()
    {
        var mute = from operation in Operations()
                   from parameter in operation.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToArray() : []
                   where !parameter.TryGetProperty("description", out _)
                   select $"{operation.Name}: {parameter.GetProperty("name").GetString()}";
        Assert.Empty(mute);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_and_a_summary()
    {
        var operations = Operations().ToArray();
        Assert.Equal(operations.Length, operations.Select(static one => one.Value.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.Empty(operations.Where(static one => !one.Value.TryGetProperty("summary", out _)).Select(static one => one.Name));
    }

    [Fact]
    public void Every_kind_of_problem_in_the_code_is_described_and_no_other()
    {
        var written = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src/Fabric.Node"), "*Refusals*.cs", SearchOption.AllDirectories)
            .SelectMany(static path => Kind().Matches(File.ReadAllText(path)).Select(static match => match.Groups[1].Value));
        Assert.Equal(written.Distinct().Order(StringComparer.Ordinal), ProblemDocs.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Types_say_what_their_members_mean()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas");
        Assert.True(schemas.GetProperty("NodeBody").GetProperty("properties").GetProperty("fabricId").TryGetProperty("description", out _));
        Assert.Equal("integer", schemas.GetProperty("FlagBody").GetProperty("properties").GetProperty("revision").GetProperty("type").GetString());
    }

    private IEnumerable<(string Name, JsonElement Value)> Operations() =>
        from path in _document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value);

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"new\(\d{3}, ""([a-z-]+)""")]
    private static partial Regex Kind();
}
