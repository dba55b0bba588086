using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabric.Language.Tests.Generator;

/// <summary>Few values, used by rules and callers alike, so that comparisons hit. All are JSON.</summary>
internal static class Pools
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static readonly string[] Texts = Quoted(
        "", "a", "b", "ab", "abc", "pro", "free", "A", "on", "off", "é", "ß", "日本", "日本語", "\U0001F600", "a\U0001F600", "\U00010000b",
        "\uE000", "\uFFFD", "\uFFFDa", "null", "true", "x@example.com", "@example.com", "long-long-long-text-of-40-characters-abcd",
        " ", "\u00A0", "\u2028", "\uFEFF", "quo\"te\\");

    internal static readonly string[] NumberTexts = Quoted(
        "0", "1", "2", "-1", "+1", "1.5", " 1 ", "\t2\n", "\v\f\r3", "1e3", "1E+3", "15e-1", "-0", "00", "007", "1.", ".5", ".", "-", "+", "e1", "1e", "1e+",
        "0x10", "Infinity", "NaN", "1 2", "1,5", "--1", "0.1", "1e-7", "1e21", "9007199254740992", "9007199254740993", "-9007199254740993",
        "1234567890123456789", "12345678901234567890", "0.1234567890123456789", "0.12345678901234567891", "1e19", "1e18", "1e-19", "1e-20",
        "0e999999", "000000000000000000000000000001", "1.0000000000000000000000000", "1.5e0", "4503599627370496.5", "0.30000000000000004", "1_000");

    internal static readonly string[] VersionTexts = Quoted(
        "1.2.3", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-alpha.beta", "1.2.3-1", "1.2.3-2", "1.2.3-10", "1.2.3+build", "1.2.3-rc.1+b.2", "v1.2.3", "V1.2.3",
        "1", "1.2", "v1", "v2.0", "2.0.0", "1.10.0", "1.9.0", "0.0.0", "1.2.4", "1.3.0", "01.2.3", "1.02.3", "1.2.3-01", "1.2.3-", "1.2.3+", "1.2.3-a..b",
        "1.2.3.4", "x", "1.x", "1.2-alpha", "1-alpha", "1+b", "9007199254740991.0.0", "9007199254740992.0.0", "1.2.3-9007199254740991", "1.2.3-9007199254740992",
        " 1.2.3", "1.2.3 ", "=1.2.3", "vv1.2.3", "1.2.3-é", "1..3", "1.", "1.2.", ".1", "-1", "1.2.3--", "1.2.3-a-b", "1.2.3-A", "1.2.3-0", "1.2.3-0a", "1.2.3+01");

    /// <summary>Those that a rule may state.</summary>
    internal static readonly string[] StrictVersions = Quoted(
        "1.2.3", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-1", "1.2.3-10", "1.2.3+build", "1.2.3-rc.1+b.2", "1.0.0", "2.0.0", "1.10.0", "1.9.0", "0.0.0", "9007199254740991.0.0");

    internal static readonly string[] Integers =
        ["0", "1", "2", "-1", "3", "10", "100", "-7", "9007199254740991", "9007199254740992", "-9007199254740991", "-9007199254740992", "1000", "4503599627370496", "94906267"];

    internal static readonly string[] Doubles =
        ["0.1", "1.5", "1e-7", "1e21", "-1.5", "0.30000000000000004", "1e16", "123456789012345680000", "5e-324", "1.7976931348623157e308", "0.000001", "2.5", "-0.0", "1.0", "9007199254740994"];

    internal static readonly string[] Constants = ["null", "true", "false"];

    internal static readonly string[] Lists =
        ["[]", "[1]", "[\"a\"]", "[1,\"a\",null,true,1.5]", "[\"pro\",\"free\"]", "[{}]", "[0,-1,9007199254740992]", "[\"\"]", "[\"日本\",\"\U0001F600\"]", "[false]", "[{\"a\":1},\"b\"]"];

    internal static readonly string[] Objects = ["{}", "{\"plan\":\"pro\"}", "{\"plan\":1,\"more\":{\"deep\":\"a\"}}", "{\"plan\":null}", "{\"plan\":[1,2]}"];

    internal static readonly string[] Names = ["plan", "age", "email", "ver", "list", "user", "beta", "n", "ключ"];

    internal static readonly string[] Inner = ["user.plan", "user.more.deep", "user.more", "list.plan", "plan.x"];

    internal static readonly string[] Known =
        ["targetingKey", "$flagd.flagKey", "$flagd.timestamp", "host.name", "host.labels.zone", "host.labels.tier", "host.labels.none"];

    internal static readonly string[] Keys =
        ["user-1", "user-2", "user-3", "a", "", "日本", "\U0001F600", "42", new('k', 255), new('k', 256), new('é', 127), new('é', 128), "ejOoVL", "bY9fO-", "SI7p-", "6LvT0", "ceQdGm"];

    internal static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);

    private static string[] Quoted(params string[] texts) => [.. texts.Select(Quote)];
}
