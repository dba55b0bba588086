using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Fabric.Flags.Targeting;

/// <summary>What names facts: <c>var</c>, <c>missing</c> and <c>missing_some</c>.</summary>
internal sealed partial class ExpressionParser
{
    private const string Reserved = "$flagd.";

    private Expression Variable(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } own
            && own.StartsWith(Reserved, StringComparison.Ordinal) && own is not ("$flagd.timestamp" or "$flagd.flagKey"))
        {
            return Refuse(place, "of the names that start with \"$flagd.\" there are \"$flagd.timestamp\" and \"$flagd.flagKey\"");
        }

        if (value.ValueKind != JsonValueKind.Array)
            return Named(value, null, place);
        var parts = Elements(value, place);
        return parts.IsEmpty
            ? Named(default, null, place)
            : Named(value[0], parts.Length > 1 ? parts[1] : null, place);
    }

    private Expression Named(JsonElement name, Expression? otherwise, string place)
    {
        switch (name.ValueKind)
        {
            case JsonValueKind.String when name.GetString() is { Length: > 0 } text:
                return new Expression.Variable(place, text, otherwise);
            case JsonValueKind.Number when Scalar.Of(name) is { Type: ScalarType.Integer, Bits: var index }:
                return new Expression.Variable(place, index.ToString(CultureInfo.InvariantCulture), otherwise);
            case JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined:
                return new Expression.HttpOnly(place, "a \"var\" of the whole context is evaluated over HTTP only");
            default:
                // Read for what is wrong in it.
                _ = Parse(name, place);
                return new Expression.HttpOnly(place, "a \"var\" with a computed name is evaluated over HTTP only");
        }
    }

    private Expression Missing(JsonElement value, string place) => Names(value, place) is { } names
        ? new Expression.Missing(place, names)
        : Wrong(place);

    private Expression MissingSome(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2 || value[0].ValueKind != JsonValueKind.Number)
            return Refuse(place, "takes [number, [names]]");
        _ = Names(value[1], Pointer.Child(place, 1));
        return new Expression.HttpOnly(place, "\"missing_some\" is evaluated over HTTP only");
    }

    private ImmutableArray<string>? Names(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(static name => name.ValueKind != JsonValueKind.String))
        {
            Refuse(place, "takes an array of names");
            return null;
        }

        return [.. value.EnumerateArray().Select(static name => name.GetString()!)];
    }
}
