using System.Globalization;
using System.Text.Json;

namespace Fabric.Flags.Targeting;

/// <summary>What kind of value a constant is: enum flag_value_type.</summary>
public enum ScalarType : byte
{
    Null = 0,
    Boolean = 1,

    /// <summary>A number that is whole and within ±2^53.</summary>
    Integer = 2,

    /// <summary>Any other number.</summary>
    Double = 3,
    String = 4,
}

/// <summary>A constant of a rule.</summary>
/// <param name="Type">What kind it is.</param>
/// <param name="Bits">An integer as such, a boolean as 0 or 1, a double as its bits.</param>
/// <param name="Text">The value of a string, otherwise null.</param>
public readonly record struct Scalar(ScalarType Type, long Bits, string? Text)
{
    /// <summary>The largest integer that every number up to it can be told apart from: 2^53.</summary>
    public const long LargestInteger = 1L << 53;

    public static Scalar Null => default;

    /// <summary>Whether JSONLogic takes it for true.</summary>
    public bool IsTrue => Type switch
    {
        ScalarType.Null => false,
        ScalarType.String => Text!.Length > 0,
        _ => Bits != 0,
    };

    /// <summary>The value of a number or boolean; 0 for null.</summary>
    public double Number => Type == ScalarType.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    public static Scalar Of(bool value) => new(ScalarType.Boolean, value ? 1 : 0, null);

    public static Scalar Of(string value) => new(ScalarType.String, 0, value);

    public static Scalar Of(long value) => Math.Abs(value) <= LargestInteger
        ? new(ScalarType.Integer, value, null)
        : Of((double)value);

    /// <summary>Minus zero becomes zero: no operator tells the two apart.</summary>
    public static Scalar Of(double value) => Math.Abs(value) <= LargestInteger && value == Math.Truncate(value)
        ? new(ScalarType.Integer, (long)value, null)
        : new(ScalarType.Double, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>The value of a JSON element that is neither an object nor an array.</summary>
    public static Scalar Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Number => Of(element.GetDouble()),
        JsonValueKind.String => Of(element.GetString()!),
        _ => Null,
    };

    public override string ToString() => Type switch
    {
        ScalarType.Null => "null",
        ScalarType.Boolean => IsTrue ? "true" : "false",
        ScalarType.String => $"\"{Text}\"",
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };
}
