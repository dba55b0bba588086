using System.Numerics;

namespace Fabric.Language.Tests.Model;

/// <summary>+, -, *, / and % of integers.</summary>
internal static class Arithmetic
{
    internal static Value Calculate(string op, IReadOnlyList<Value> operands, Observations seen)
    {
        seen.See(Departure.ListCalculated, operands is [Value.List]);
        var numbers = operands.Select(operand => Comparison.ToNumber(operand, seen) ?? throw new EvaluationFailedException($"{op} of what is no number")).ToArray();
        var result = numbers[0];
        if (numbers.Length == 1)
            return Checked(op == "-" ? new Rational(-Integer(result, seen), 1) : Rational.Of(Integer(result, seen)), seen);
        foreach (var next in numbers.Skip(1))
            result = Two(op, Integer(result, seen), Integer(next, seen), seen);
        return Checked(result, seen);
    }

    private static Rational Two(string op, BigInteger left, BigInteger right, Observations seen)
    {
        seen.See(Departure.IntegersOnly, op is "/" or "%" && right.IsZero);
        if (op is "/" or "%" && right.IsZero)
            throw new EvaluationFailedException("a division by 0");
        return op switch
        {
            "+" => Integral(left + right, seen),
            "-" => Integral(left - right, seen),
            "*" => Integral(left * right, seen),
            "%" => Integral(BigInteger.Remainder(left, right), seen),
            "/" when left % right == 0 => Integral(left / right, seen),
            _ => Rational.OfDouble(new Rational(left * right.Sign, BigInteger.Abs(right)).ToDouble()),
        };
    }

    private static BigInteger Integer(Rational number, Observations seen)
    {
        seen.See(Departure.IntegersOnly, !number.IsWhole);
        return number.IsWhole ? Integral(number.Whole, seen).Whole : throw new EvaluationFailedException("a calculation with what is no integer");
    }

    private static Rational Integral(BigInteger number, Observations seen)
    {
        var fits = BigInteger.Abs(number) <= Rational.TwoTo53;
        seen.See(Departure.IntegersOnly, !fits);
        return fits ? Rational.Of(number) : throw new EvaluationFailedException("a number beyond 2^53");
    }

    private static Value.Number Checked(Rational number, Observations seen) =>
        new(number.IsWhole ? Integral(number.Whole, seen) : number);
}
