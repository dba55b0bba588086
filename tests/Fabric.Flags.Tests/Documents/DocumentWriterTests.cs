using System.Text;
using System.Text.Json;
using Fabric.Flags.Definitions;
using Fabric.Flags.Documents;
using Fabric.Flags.State;

namespace Fabric.Flags.Tests.Documents;

public sealed class DocumentWriterTests
{
    [Fact]
    public async Task An_empty_fabric_is_an_empty_file_of_flags()
    {
        using var document = JsonDocument.Parse(await WriteAsync());
        Assert.Equal("https://flagd.dev/schema/v0/flags.json", document.RootElement.GetProperty("$schema").GetString());
        Assert.Empty(document.RootElement.GetProperty("flags").EnumerateObject());
    }

    [Fact]
    public async Task What_is_written_is_read_back_byte_for_byte_in_the_order_of_the_keys()
    {
        var flags = Enumerable.Range(0, 3000).Select(i => Make($"flag-{i:0000}", $$$"""{"state":"ENABLED","variants":{"a":"{{{i}}} é \" <"},"metadata":{"n":1.50}}"""))
            .Append(Make("Ä \"quoted\" ~", """{"state":"DISABLED","variants":{"on":true},"x-own":[{"$ref":"not a rule"}]}""")).ToArray();
        var text = await WriteAsync([.. flags.Reverse()]);

        var read = DocumentReader.Read(text);
        Assert.Empty(read.Problems);
        Assert.Equal(flags.Select(flag => flag.Key).Order(StringComparer.Ordinal), read.Flags.Select(flag => flag.Key));
        var expected = flags.ToDictionary(flag => flag.Key);
        Assert.All(read.Flags, flag => Assert.Equal(expected[flag.Key].Definition.Json.ToArray(), flag.Definition!.Json.ToArray()));
        Assert.Equal(flags.Length, Encoding.UTF8.GetString(text).Split('\n').Count(line => line.StartsWith("    \"", StringComparison.Ordinal)));
    }

    private static Flag Make(string key, string definition) =>
        new(key, 7, DefinitionParser.Parse(Encoding.UTF8.GetBytes(definition)).Definition!);

    private static async Task<byte[]> WriteAsync(params Flag[] flags)
    {
        using var output = new MemoryStream();
        await DocumentWriter.WriteAsync(FlagSet.Restore(9, flags), output, TestContext.Current.CancellationToken);
        return output.ToArray();
    }
}
