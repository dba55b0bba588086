using System.Diagnostics.CodeAnalysis;

namespace Fabric.Flags.Tests.Compilation;

/// <summary>JSONLogic of all kinds, as deep as a few levels.</summary>
[SuppressMessage("Reliability", "CA5394", Justification = "A seeded sequence is what makes a failure repeatable.")]
internal sealed class RandomRule(Random random)
{
    private static readonly string[] Constants = ["null", "true", "false", "0", "1", "-3", "2.5", "\"\"", "\"eu\"", "\"on\"", "\"1.2.3\"", "\"10\""];
    private static readonly string[] Facts =
        ["a", "b", "user.plan", "targetingKey", "$flagd.timestamp", "$flagd.flagKey", "host.name", "host.labels.zone", "host.labels.none", "process.uid"];

    /// <summary>A rule whose results are variants, facts or further rules of that kind.</summary>
    internal string Next(int depth = 4) => random.Next(depth > 0 ? 8 : 3) switch
    {
        0 => """{"if":["on"]}""",
        1 => """{"if":["off"]}""",
        2 => Variable(0),
        3 => $$"""{"if":[{{Value(depth - 1)}},{{Next(depth - 1)}},{{Value(depth - 1)}},{{Next(depth - 1)}}]}""",
        4 => $$"""{"if":[{{Value(depth - 1)}},{{Next(depth - 1)}},{{Next(depth - 1)}}]}""",
        5 => $$"""{"or":[{{Variable(depth - 1)}},{{Next(depth - 1)}}]}""",
        _ => Fractional(depth - 1, Next),
    };

    private string Value(int depth) => random.Next(depth > 0 ? 18 : 4) switch
    {
        0 or 1 => Constants[random.Next(Constants.Length)],
        2 or 3 => Variable(depth),
        4 => Operation("if", depth, random.Next(1, 5)),
        5 => Operation("and", depth, random.Next(1, 4)),
        6 => Operation("or", depth, random.Next(1, 4)),
        7 => $$"""{"!":[{{Value(depth - 1)}}]}""",
        8 => Operation("<", depth, random.Next(2, 4)),
        9 => Operation(((string[])["==", "!=", "===", "!==", ">", ">="])[random.Next(6)], depth, 2),
        10 => $$"""{"in":[{{Value(depth - 1)}},[{{Value(depth - 1)}},{{Value(depth - 1)}},"x"]]}""",
        11 => Operation("in", depth, 2),
        12 => $$"""{"{{(random.Next(2) == 0 ? "starts_with" : "ends_with")}}":[{{Variable(depth)}},"e"]}""",
        13 => $$"""{"sem_ver":[{{Variable(0)}},"{{((string[])["=", "<", "^", "~"])[random.Next(4)]}}","1.2.3"]}""",
        14 => $$"""{"missing":["a","host.labels.none"]}""",
        15 => Operation(((string[])["+", "-", "*"])[random.Next(3)], depth, random.Next(2, 4)),
        16 => Operation(random.Next(2) == 0 ? "/" : "%", depth, 2),
        _ => Fractional(depth - 1, Value),
    };

    private string Fractional(int depth, Func<int, string> variant)
    {
        var seed = random.Next(4) switch
        {
            0 => $$"""{"cat":["s",{{Variable(0)}},{{Value(depth)}}]},""",
            1 => Variable(0) + ",",
            2 => $$"""{"if":[{{Value(depth)}},{{Variable(0)}},"x"]},""",
            _ => "",
        };
        var weight = random.Next(3) == 0 ? $$"""{"+":[{{Value(depth)}},1]}""" : "5";
        return $$"""{"fractional":[{{seed}}[{{variant(depth)}},{{weight}}],[{{variant(depth)}}]]}""";
    }

    private string Operation(string name, int depth, int operands) =>
        $$"""{"{{name}}":[{{string.Join(',', Enumerable.Range(0, operands).Select(_ => Value(depth - 1)))}}]}""";

    private string Variable(int depth) => random.Next(3) == 0 && depth > 0
        ? $$"""{"var":["{{Facts[random.Next(Facts.Length)]}}",{{Constants[random.Next(Constants.Length)]}}]}"""
        : $$"""{"var":"{{Facts[random.Next(Facts.Length)]}}"}""";
}
