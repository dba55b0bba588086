using System.Globalization;

namespace Fabric.Language.Tests.Generator;

/// <summary>Random rules over what every door evaluates. Each method says what kind of value its rules are for.</summary>
internal sealed class RuleGenerator(Draw draw, string[] variants)
{
    private static readonly string[] Comparisons = ["==", "!=", "===", "!==", "<", "<=", ">", ">="];
    private static readonly string[] VersionOperators = ["=", "!=", "<", "<=", ">", ">=", "^", "~"];
    private static readonly string[] Calculations = ["+", "-", "*", "/", "%"];

    /// <summary>What targeting may be: an operation.</summary>
    internal string Targeting() => draw.Next(10) switch
    {
        < 5 => If(Result, 3),
        < 7 => Fractional(3),
        < 8 => Op(draw.Chance(50) ? "and" : "or", [Test(2), Result(2)]),
        < 9 => Bare(Name()),
        _ => Test(2),
    };

    private string Result(int depth) => draw.Next(depth > 0 ? 20 : 9) switch
    {
        < 7 => Pools.Quote(draw.Of(variants)),
        < 8 => "null",
        < 9 => draw.Chance(10) ? draw.Of(Pools.Integers) : Bare(Name()),
        < 14 => If(Result, depth - 1),
        < 18 => Fractional(depth - 1),
        < 19 => Op(draw.Chance(50) ? "and" : "or", [Test(depth - 1), Result(depth - 1)]),
        _ => draw.Chance(50) ? Calculation(depth - 1) : Test(depth - 1),
    };

    /// <summary>What may also be a result, where names that no variant has are refused when they stand there.</summary>
    private string Test(int depth) => draw.Next(depth > 0 ? 11 : 10) switch
    {
        < 4 => Comparison(depth - 1),
        < 6 => In(depth - 1),
        < 7 => Op(draw.Chance(50) ? "starts_with" : "ends_with", [TextOperand(depth - 1), TextOperand(depth - 1)]),
        < 9 => Op("sem_ver", [VersionOperand(), Pools.Quote(draw.Of(VersionOperators)), VersionOperand()]),
        < 10 => Bare(Name()),
        _ => Negation(depth),
    };

    private string Condition(int depth) => draw.Next(depth > 0 ? 16 : 11) switch
    {
        < 10 => Test(depth),
        < 11 => Missing(),
        < 13 => Op(draw.Chance(50) ? "and" : "or", [.. Enumerable.Range(0, 1 + draw.Next(3)).Select(_ => Condition(depth - 1))]),
        < 14 => Negation(depth),
        < 15 => If(Condition, depth - 1),
        _ => Value(depth - 1),
    };

    private string Negation(int depth)
    {
        var name = draw.Chance(60) ? "!" : "!!";
        return draw.Chance(50) ? Op(name, [Condition(depth - 1)]) : $"{{\"{name}\":{Condition(depth - 1)}}}";
    }

    private string Comparison(int depth)
    {
        var name = draw.Of(Comparisons);
        var three = name is "<" or "<=" && draw.Chance(25);
        return Op(name, [.. Enumerable.Range(0, three ? 3 : 2).Select(_ => Value(depth))]);
    }

    /// <summary>Any single value.</summary>
    private string Value(int depth) => draw.Next(depth > 0 ? 20 : 14) switch
    {
        < 8 => Variable(Name()),
        < 14 => Constant(),
        < 18 => Calculation(depth - 1),
        < 19 => If(Value, depth - 1),
        _ => draw.Chance(50) ? Condition(depth - 1) : Op(draw.Chance(50) ? "and" : "or", [Value(depth - 1), Value(depth - 1)]),
    };

    private string Calculation(int depth)
    {
        var name = draw.Of(Calculations);
        var count = name switch
        {
            "/" or "%" => 2,
            "*" => 2 + draw.Next(2),
            _ => 1 + draw.Next(3),
        };
        return Op(name, [.. Enumerable.Range(0, count).Select(_ => NumberOperand(depth))]);
    }

    private string NumberOperand(int depth) => draw.Next(depth > 0 ? 10 : 8) switch
    {
        < 4 => draw.Chance(90) ? Bare(Name()) : $"{{\"var\":[{Pools.Quote(Name())},{draw.Of(Pools.Integers)}]}}",
        < 7 => draw.Of(Pools.Integers),
        < 8 => draw.Chance(50) ? draw.Of(Pools.Constants) : draw.Of((string[])["\"1\"", "\"0\"", "\"-3\"", "\"\""]),
        < 9 => Calculation(depth - 1),
        _ => If(NumberOperand, depth - 1),
    };

    private string TextOperand(int depth) => draw.Next(10) switch
    {
        < 5 => Variable(Name()),
        < 9 => draw.Of(Pools.Texts),
        _ => depth > 0 ? If(TextOperand, depth - 1) : Variable(Name()),
    };

    private string VersionOperand() => draw.Chance(55) ? Variable(draw.Chance(60) ? "ver" : Name()) : draw.Of(Pools.StrictVersions);

    private string In(int depth)
    {
        var haystack = draw.Next(10) switch
        {
            < 4 => $"[{string.Join(",", Enumerable.Range(0, draw.Next(draw.Chance(10) ? 60 : 6)).Select(_ => Constant()))}]",
            < 6 => Variable("list"),
            < 8 => draw.Of(Pools.Texts),
            < 9 => Variable(Name()),
            _ => Constant(),
        };
        return Op("in", [Value(depth), haystack]);
    }

    private string Missing() => Op("missing", [.. Enumerable.Range(0, draw.Next(4)).Select(_ => Pools.Quote(Name()))]);

    private string If(Func<int, string> part, int depth)
    {
        var arguments = new List<string>();
        for (var pairs = draw.Next(10) == 0 ? 0 : 1 + draw.Next(2); pairs > 0; pairs--)
            arguments.AddRange([Condition(depth), part(depth)]);
        if (arguments.Count == 0 || draw.Chance(70))
            arguments.Add(part(depth));
        return Op("if", arguments);
    }

    private string Fractional(int depth)
    {
        var arguments = new List<string>();
        if (draw.Chance(60))
            arguments.Add(Seed(2));
        for (var count = 1 + draw.Next(4); count > 0; count--)
            arguments.Add(Share(Result(depth), depth));
        return Op("fractional", arguments);
    }

    private string Share(string variant, int depth) => draw.Next(12) switch
    {
        < 2 => $"[{variant}]",
        < 10 => $"[{variant},{(1 + draw.Next(100)).ToString(CultureInfo.InvariantCulture)}]",
        _ => $"[{variant},{(draw.Chance(60) ? Variable(Name()) : Calculation(depth))}]",
    };

    /// <summary>What the bucket is drawn by; a rule, as a bare text is no value there.</summary>
    private string Seed(int depth) => draw.Next(depth > 0 ? 10 : 4) switch
    {
        < 4 => Variable(draw.Chance(50) ? "targetingKey" : Name()),
        < 8 => Op("cat", [.. Enumerable.Range(0, 1 + draw.Next(4)).Select(_ => draw.Chance(60) ? Variable(Name()) : Constant())]),
        _ => Op("if", [Condition(1), draw.Chance(30) ? draw.Of(Pools.Texts) : Seed(depth - 1), Seed(depth - 1)]),
    };

    private string Constant() => draw.Next(12) switch
    {
        < 4 => draw.Of(Pools.Texts),
        < 6 => draw.Of(Pools.NumberTexts),
        < 9 => draw.Of(Pools.Integers),
        < 11 => draw.Of(Pools.Doubles),
        _ => draw.Of(Pools.Constants),
    };

    private string Name() => draw.Next(10) switch
    {
        < 6 => draw.Of(Pools.Names),
        < 8 => draw.Of(Pools.Inner),
        _ => draw.Of(Pools.Known),
    };

    private string Bare(string name) => draw.Chance(80) ? $"{{\"var\":{Pools.Quote(name)}}}" : $"{{\"var\":[{Pools.Quote(name)}]}}";

    private string Variable(string name) => draw.Next(10) switch
    {
        < 9 => Bare(name),
        _ => $"{{\"var\":[{Pools.Quote(name)},{(draw.Chance(80) ? Constant() : Value(0))}]}}",
    };

    private static string Op(string name, IEnumerable<string> arguments) => $"{{\"{name}\":[{string.Join(",", arguments)}]}}";
}
