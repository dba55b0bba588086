using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>A value of the flag language.</summary>
internal abstract record Value
{
    internal static readonly Value Null = new Nothing();

    internal sealed record Nothing : Value;

    internal sealed record Truth(bool Holds) : Value;

    /// <param name="Is">The number.</param>
    /// <param name="IsInteger">C gave it as an integer; every other number is a double.</param>
    internal sealed record Number(Rational Is, bool IsInteger = false) : Value;

    internal sealed record Text(string Is) : Value;

    internal sealed record List(ImmutableArray<Value> Elements) : Value;

    /// <summary>An object: rules can ask whether it is there, and for what is in it by dotted names.</summary>
    internal sealed record Container(bool IsEmpty) : Value;

    internal static Value Of(bool holds) => new Truth(holds);

    internal static Value Of(string text) => new Text(text);

    /// <summary>A constant of a definition: every number is a double.</summary>
    internal static Value OfDefinition(JsonElement json) => Of(json, static number => new Number(Rational.OfDouble(number.GetDouble())));

    /// <summary>An attribute: from C, whole numbers of up to 64 bits are exact.</summary>
    internal static Value OfCaller(JsonElement json) => Of(json, static number =>
        long.TryParse(number.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? new Number(Rational.Of(whole), IsInteger: true)
            : new Number(Rational.OfDouble(number.GetDouble())));

    private static Value Of(JsonElement json, Func<JsonElement, Number> number) => json.ValueKind switch
    {
        JsonValueKind.True => new Truth(true),
        JsonValueKind.False => new Truth(false),
        JsonValueKind.Number => number(json),
        JsonValueKind.String => new Text(json.GetString()!),
        JsonValueKind.Array => new List([.. json.EnumerateArray().Select(element => Of(element, number))]),
        JsonValueKind.Object => new Container(!json.EnumerateObject().Any()),
        _ => Null,
    };

    /// <summary>Whether it counts as true.</summary>
    internal bool IsTrue => this switch
    {
        Nothing => false,
        Truth truth => truth.Holds,
        Number number => !number.Is.IsZero,
        Text text => text.Is.Length > 0,
        List list => !list.Elements.IsEmpty,
        _ => true,
    };

    /// <summary>Whether it is the same as another: ===.</summary>
    internal bool IsSame(Value other) => (this, other) switch
    {
        (Nothing, Nothing) => true,
        (Truth left, Truth right) => left.Holds == right.Holds,
        (Number left, Number right) => left.Is.CompareTo(right.Is) == 0,
        (Text left, Text right) => left.Is == right.Is,
        _ => false,
    };
}

/// <summary>Evaluation fails: the program's own default runs.</summary>
internal sealed class EvaluationFailedException(string why) : Exception(why);

/// <summary>A number, exactly: a double is a fraction, too.</summary>
internal readonly record struct Rational(BigInteger Over, BigInteger Under) : IComparable<Rational>
{
    internal static readonly BigInteger TwoTo53 = BigInteger.Pow(2, 53);

    internal bool IsZero => Over.IsZero;

    internal bool IsWhole => Over % Under == 0;

    /// <summary>The number, where it is whole.</summary>
    internal BigInteger Whole => Over / Under;

    internal static Rational Of(BigInteger whole) => new(whole, 1);

    internal static Rational OfDouble(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)(bits >> 52 & 0x7ff);
        BigInteger mantissa = bits & ((1L << 52) - 1);
        if (exponent == 0)
            exponent = 1;
        else
            mantissa += BigInteger.Pow(2, 52);
        if (bits < 0)
            mantissa = -mantissa;
        return exponent >= 1075
            ? new Rational(mantissa * BigInteger.Pow(2, exponent - 1075), 1)
            : new Rational(mantissa, BigInteger.Pow(2, 1075 - exponent));
    }

    /// <summary>The double next to it; ties go to the even one. Its exponent must be one that doubles have.</summary>
    internal double ToDouble()
    {
        if (IsZero)
            return 0;
        // Scaled by a power of two so that the quotient has 53 bits.
        var over = BigInteger.Abs(Over);
        var under = Under;
        var scale = 0;
        for (; over >= under * TwoTo53; scale++)
            under *= 2;
        for (; over < under * (TwoTo53 / 2); scale--)
            over *= 2;
        var mantissa = BigInteger.DivRem(over, under, out var rest);
        if (rest * 2 > under || (rest * 2 == under && !mantissa.IsEven))
            mantissa++;
        return Math.ScaleB((double)mantissa, scale) * Over.Sign;
    }

    public int CompareTo(Rational other) => (Over * other.Under).CompareTo(other.Over * Under);
}
