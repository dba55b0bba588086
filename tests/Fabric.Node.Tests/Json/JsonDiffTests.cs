using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Node.Api.History;

namespace Fabric.Node.Tests.Json;

public sealed class JsonDiffTests
{
    private const int Seed = 20_261_124;

    private static string Between(string before, string after)
    {
        using var old = JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(after);
        return System.Text.Encoding.UTF8.GetString(JsonDiff.Between(old.RootElement, now.RootElement));
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1.0}""", "[]")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "[]")]
    [InlineData("""{"a/b":{"c~d":1}}""", """{"a/b":{"c~d":2}}""", """[{"op":"replace","path":"/a~1b/c~0d","value":2}]""")]
    [InlineData("[1,2,3,4]", "[1,3,4]", """[{"op":"remove","path":"/1"}]""")]
    [InlineData("[1,4]", "[1,2,3,4]", """[{"op":"add","path":"/1","value":2},{"op":"add","path":"/2","value":3}]""")]
    [InlineData("""{"a":[]}""", """{"a":{}}""", """[{"op":"replace","path":"/a","value":{}}]""")]
    public void A_patch_names_what_differs(string before, string after, string patch) => Assert.Equal(patch, Between(before, after));

    [Fact]
    public void A_patch_makes_any_document_of_any_other()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 5_000; i++)
        {
            var before = Random(random, 4);
            var after = random.Next(3) == 0 ? Random(random, 4) : Changed(random, before);
            var patch = JsonNode.Parse(Between(Json(before), Json(after)))!.AsArray();

            Assert.True(JsonNode.DeepEquals(after, Apply(before?.DeepClone(), patch)), $"{Json(before)} to {Json(after)} by {patch.ToJsonString()}");
        }
    }

    private static string Json(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static JsonNode? Random(Random random, int depth) => random.Next(depth == 0 ? 4 : 7) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(3)),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => JsonValue.Create("ab~/"[..random.Next(5)]),
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Random(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(_ => "ab~/"[..random.Next(5)]).Distinct()
            .Select(name => KeyValuePair.Create(name, Random(random, depth - 1)))),
    };

    private static JsonNode? Changed(Random random, JsonNode? node)
    {
        var copy = node?.DeepClone();
        switch (copy)
        {
            case JsonArray array when array.Count > 0 && random.Next(2) == 0:
                var place = random.Next(array.Count);
                array[place] = Changed(random, array[place]);
                return array;
            case JsonArray array when array.Count > 0:
                array.RemoveAt(random.Next(array.Count));
                return array;
            case JsonArray array:
                array.Add(Random(random, 1));
                return array;
            case JsonObject members when members.Count > 0:
                var name = members.ElementAt(random.Next(members.Count)).Key;
                members[name] = Changed(random, members[name]);
                return members;
            default:
                return Random(random, 2);
        }
    }

    /// <summary>The dumbest reading of RFC 6902.</summary>
    private static JsonNode? Apply(JsonNode? document, JsonArray patch)
    {
        var box = new JsonObject { ["root"] = document };
        foreach (var step in patch)
        {
            var path = $"/root{step!["path"]!.GetValue<string>()}".Split('/').Skip(1)
                .Select(static part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            JsonNode parent = box;
            foreach (var part in path[..^1])
                parent = parent is JsonArray list ? list[int.Parse(part, CultureInfo.InvariantCulture)]! : parent[part]!;
            Apply(parent, path[^1], step["op"]!.GetValue<string>(), step["value"]?.DeepClone());
        }

        var root = box["root"];
        box.Remove("root");
        return root;
    }

    private static void Apply(JsonNode parent, string name, string operation, JsonNode? value)
    {
        if (parent is JsonArray list)
        {
            var index = int.Parse(name, CultureInfo.InvariantCulture);
            if (operation != "add")
                list.RemoveAt(index);
            if (operation != "remove")
                list.Insert(index, value);
            return;
        }

        var members = parent.AsObject();
        Assert.Equal(operation != "add", members.ContainsKey(name));
        if (operation == "remove")
            members.Remove(name);
        else
            members[name] = value;
    }
}
