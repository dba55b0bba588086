using System.Numerics;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>Comparisons and calculations.</summary>
internal sealed partial class RuleModel
{
    private const double Bound = 9_007_199_254_740_992;

    private static bool IsWhole(double number) => Math.Abs(number) <= Bound && Math.Floor(number) == number;

    private Value.Truth Compare(string operation, JsonElement arguments)
    {
        var left = Evaluate(arguments[0]);
        for (var i = 1; i < arguments.GetArrayLength(); i++)
        {
            var right = Evaluate(arguments[i]);
            if (!Holds(operation, left, right))
                return new Value.Truth(false);
            left = right;
        }

        return new Value.Truth(true);
    }

    private static bool Holds(string operation, Value left, Value right)
    {
        if (operation is "!=")
            return !Holds("==", left, right);
        if ((left, right) is (Value.Text a, Value.Text b))
            return Holds(operation, string.CompareOrdinal(a.Is, b.Is));
        if ((left, right) is (Value.Null or Value.Text, Value.Null or Value.Text))
        {
            if (operation == "==")
                return left is Value.Null && right is Value.Null;
            return Number(left) is { } x && Number(right) is { } y && Holds(operation, x.CompareTo(y));
        }

        return Holds(operation, Must(left).CompareTo(Must(right)));
    }

    private static bool Holds(string operation, int order) => operation switch
    {
        "==" => order == 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    private static double Must(Value value) => Number(value) ?? throw new FailedException("no number");

    private static double? Number(Value value) => value switch
    {
        Value.Null => 0,
        Value.Truth truth => truth.Is ? 1 : 0,
        Value.Number number => number.Is,
        Value.Text text => NumberText.Read(text.Is),
        _ => null,
    };

    private static BigInteger Whole(Value value) =>
        Must(value) is var number && IsWhole(number) ? new BigInteger(number) : throw new FailedException("no integer");

    private static Value.Number Calculate(string operation, BigInteger[] operands)
    {
        if (operation == "-" && operands.Length == 1)
            return Bounded(-operands[0]);
        if (operation is "/" or "%" && operands[1].IsZero)
            throw new FailedException("a division by 0");
        if (operation == "/")
            return new Value.Number((double)operands[0] / (double)operands[1]);
        return operands.Skip(1).Aggregate(Bounded(operands[0]), (so, next) => Bounded(operation switch
        {
            "+" => new BigInteger(so.Is) + next,
            "-" => new BigInteger(so.Is) - next,
            "*" => new BigInteger(so.Is) * next,
            _ => BigInteger.Remainder(new BigInteger(so.Is), next),
        }));
    }

    private static Value.Number Bounded(BigInteger result) =>
        BigInteger.Abs(result) <= new BigInteger(Bound) ? new Value.Number((double)result) : throw new FailedException("beyond 2^53");
}
