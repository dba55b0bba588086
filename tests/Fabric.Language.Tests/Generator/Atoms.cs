using System.Text.Json.Nodes;

namespace Fabric.Language.Tests.Generator;

/// <summary>Values that tell implementations apart.</summary>
/// <param name="dice">Chance.</param>
/// <param name="profile">What is generated.</param>
/// <param name="ofCallers">For what callers have; with U+0000, which in a definition is for HTTP only.</param>
internal sealed class Atoms(Dice dice, Profile profile, bool ofCallers)
{
    /// <summary>Of the last two, UTF-16 puts the first behind, and UTF-8 the second.</summary>
    private static readonly string[] Words =
    [
        "", "a", "b", "pro", "free", "de", "DE", "anna@example.com", "@example.com", "ä", "größe", "日本", "e\u0301", "null", "true", "false", "on", "off",
        " ", "\t\n", "~", "\"", "\\", "\u007f", "\u0080", "\uffff", "\ue000x", "\uff5a", "😀",
    ];

    private static readonly string[] NumberTexts =
    [
        "0", "1", "-1", "5", "7", " 7 ", "+3", "-0", "0.0", "1.5", "1.50", ".5", "5.", "-.25", "1e3", "1E+2", "25e-1", "00012", "1e", "e1", ".", "+", "--1", "1 2", "1,5",
        "0x10", "0b1", "Infinity", "-Infinity", "NaN", "1_000", "\u00a05", "5\ufeff", "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993",
        "1234567890123456789", "12345678901234567890", "1000000000000000000", "10000000000000000000", "0.1", "0.30000000000000004", "0.0000000000000000001",
        "0.00000000000000000001", "1e18", "1e19", "1e-19", "1e-20", "0e99", "123e-21", "1797693134862315708e-1", "4503599627370497.5", "9007199254740991.5",
    ];

    private static readonly string[] Versions =
    [
        "1.2.3", "1.2", "1", "v1.2.3", "V2.0.0", "2.0.0", "1.10.0", "1.9.9", "1.2.3-rc.1", "1.2.3-rc.2", "1.2.3-rc.10", "1.2.3-rc", "1.2.3-rc.1.a", "1.2.3-1", "1.2.3-a", "1.2.3-A",
        "1.2.3-0a", "1.2.3--", "1.2.3+b.7", "1.2.3-rc.1+b", "1.2+b", "1.2-rc", "01.2.3", "1.02.3", "1.2.03", "1.2.3-01", "1.2.3-0", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.3-a..b", "x",
        "", "vv1.2.3", " 1.2.3", "1.2.3 ", "v", "1.", "1.2.", "-1.2.3", "9007199254740991.0.0", "9007199254740992.0.0", "0.0.9007199254740991", "1.2.3-99999999999999999999", "1.2.3-100000000000000000000",
        "1.2.3-ä",
    ];

    private static readonly string[] StrictVersions = ["1.2.3", "0.0.0", "2.0.0", "1.10.0", "1.2.3-rc.1", "1.2.3-rc.10", "1.2.3-1", "1.2.3-alpha.beta", "1.2.3+b", "9007199254740991.0.0", "1.9.9"];

    private static readonly double[] Doubles =
    [
        0, -0.0, 0.5, 1.5, -1.5, 0.1, 0.30000000000000004, 2.5, 3.25, -3.25, 1e15, 4503599627370496.5, 9007199254740991, 9007199254740992, -9007199254740992, 9007199254740994, 1e17, 1e20, 1e21,
        0.000001, 0.0000012345678901234567, 1e-7, 1e-19, 123456.789, 4294967296, -4294967297, 1e300, 5e-324, 1.7976931348623157e308,
    ];

    internal string Word() => dice.Weighted<string>(
        (60, () => dice.Pick(Words)),
        (20, () => dice.Pick(NumberTexts)),
        (5, () => dice.Pick(Versions)),
        (8, () => string.Concat(Enumerable.Range(0, dice.Between(1, 6)).Select(_ => dice.Pick(Words)))),
        (5, () => new string((char)('a' + dice.Below(3)), dice.Between(1, 40))),
        (ofCallers ? 3 : 0, () => dice.Pick("\0", "a\0", "\0a", "1\0", "1.2.3\0")),
        (2, () => string.Concat(Enumerable.Repeat(dice.Pick("ab", "ä", "😀", "0123456789"), dice.Between(50, 700)))));

    internal string Ascii() => "user-" + dice.Below(100_000);

    internal string NumberText() => dice.Pick(NumberTexts);

    internal string Version() => dice.Chance(60) ? $"{dice.Below(3)}.{dice.Below(3)}.{dice.Below(3)}" : dice.Pick(Versions);

    internal string StrictVersion() => dice.Chance(60) ? $"{dice.Below(3)}.{dice.Below(3)}.{dice.Below(3)}" : dice.Pick(StrictVersions);

    internal JsonNode Integer() => JsonValue.Create((long)dice.Between(-3, 12));

    internal JsonNode Number() => dice.Weighted<JsonNode>(
        (55, Integer),
        (20, () => JsonValue.Create(dice.Pick(Doubles))),
        (5, () => JsonValue.Create(dice.Between(-100_000, 100_000) / 1000.0)),
        (5, () => JsonValue.Create(9_007_199_254_740_992 - dice.Below(3))),
        (5, AnyDouble),
        (profile == Profile.Fabric ? 5 : 0, () => JsonValue.Create(dice.Pick(9_007_199_254_740_993, -9_007_199_254_740_993, long.MaxValue, long.MinValue, 1L << 60, (1L << 60) + 1))));

    internal JsonNode? Scalar() => dice.Weighted<JsonNode?>(
        (45, () => JsonValue.Create(Word())),
        (35, Number),
        (12, () => JsonValue.Create(dice.Chance(50))),
        (8, static () => null));

    internal JsonArray List() => new([.. Enumerable.Range(0, dice.Below(5)).Select(_ => dice.Weighted<JsonNode?>(
        (90, Scalar), (5, static () => new JsonArray(1)), (5, static () => new JsonObject { ["a"] = 1 })))]);

    internal JsonNode? Anything() => dice.Weighted<JsonNode?>(
        (70, Scalar), (15, List), (10, () => new JsonObject { ["a"] = Scalar() }), (5, static () => new JsonObject()));

    /// <summary>Of any size that JSON can say.</summary>
    private JsonValue AnyDouble()
    {
        var number = BitConverter.Int64BitsToDouble((long)dice.Bits());
        return JsonValue.Create(double.IsFinite(number) ? number : 1);
    }
}
