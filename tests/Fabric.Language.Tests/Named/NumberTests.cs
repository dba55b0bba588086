using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Named;

/// <summary>Texts read as numbers are the nearest doubles, also next to the middle between two.</summary>
public sealed class NumberTests(Evaluators evaluators) : IClassFixture<Evaluators>
{
    private const int Texts = 20_000;
    private const int TextsAtOnce = 1_000;
    private const int Digits = 19;

    private static readonly World Equal = World.Of(Host.Plain, ("f", """
        {"state":"ENABLED","variants":{"true":true,"false":false},"targeting":{"==":[{"var":"text"},{"var":"number"}]}}
        """));

    public static TheoryData<string> Each() => [.. Evaluators.Names];

    [Theory]
    [MemberData(nameof(Each))]
    public void A_text_is_the_nearest_double_and_no_other(string evaluator)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed.Value}");
        var dice = new Dice(Seed.Value);
        var asked = evaluators[evaluator];
        asked.Load(Equal);
        for (var done = 0; done < Texts; done += TextsAtOnce)
        {
            var texts = Enumerable.Range(0, TextsAtOnce).Select(_ => dice.Chance(50) ? NearMiddle(dice) : Any(dice)).ToArray();
            var answers = asked.Ask([.. texts.SelectMany(static text => Around(text).Select(number => Question(text, number)))]);
            for (var i = 0; i < answers.Length; i++)
            {
                var text = texts[i / 3];
                var expected = i % 3 == 0 ? "true" : "false";
                Assert.True(expected == answers[i].Variant, $"seed {Seed.Value}: {text} == {Around(text)[i % 3]:R} is {answers[i]}");
            }
        }
    }

    /// <summary>What it is, and the doubles beside that.</summary>
    private static double[] Around(string text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number ? [number, Math.BitIncrement(number), Math.BitDecrement(number)] : [];

    private static Question Question(string text, double number) => new(
        "f", null, JsonElement.Parse($$"""{"text":"{{text}}","number":{{Exactly(number)}}}"""), new Moment(Worlds.Epoch));

    /// <summary>With all digits of a whole number: the shortest text of a large one is another 64-bit integer.</summary>
    private static string Exactly(double number) => Math.Abs(number) >= 1L << 53
        ? new BigInteger(number).ToString(CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A middle between two doubles, or a number next to it, as whole numbers have them from 2^53 on.</summary>
    private static string NearMiddle(Dice dice)
    {
        var middle = ((new BigInteger((1UL << 52) | (dice.Bits() >> 12)) << 1) + 1) << dice.Between(0, 9);
        var text = middle.ToString(CultureInfo.InvariantCulture);
        if (dice.Chance(40))
            return (middle + dice.Between(-1, 1)).ToString(CultureInfo.InvariantCulture);
        var tail = dice.Pick("000", "001", "1", "9");
        return $"{text}.{tail[..Math.Clamp(Digits - text.Length, 0, tail.Length)]}";
    }

    /// <summary>With no more places before and behind the point than the language reads.</summary>
    private static string Any(Dice dice)
    {
        var text = string.Concat(Enumerable.Range(0, dice.Between(1, Digits)).Select(_ => (char)('0' + dice.Between(0, 9))));
        var point = dice.Between(0, text.Length);
        var exponent = dice.Between(-Math.Min(Digits - (text.Length - point), 8), Math.Min(Digits - point, 8));
        return $"{dice.Pick("", "-", "+")}{text[..point]}.{text[point..]}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }
}
