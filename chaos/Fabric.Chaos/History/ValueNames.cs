using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fabric.Chaos.History;

/// <summary>Gives each value a number, the same for values that are equal as JSON: 1 and 1.0, or objects in another order.</summary>
internal sealed class ValueNames
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    public int NumberOf(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return NumberOf(text.ToString());
    }

    /// <summary>The value in its canonical spelling.</summary>
    public string TextOf(int number) => _texts[number];

    private int NumberOf(string text)
    {
        if (_numbers.TryGetValue(text, out var number))
            return number;
        _texts.Add(text);
        return _numbers[text] = _texts.Count - 1;
    }

    private static void Write(StringBuilder to, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                to.Append('{');
                foreach (var field in value.EnumerateObject().OrderBy(static field => field.Name, StringComparer.Ordinal))
                {
                    to.Append(JsonSerializer.Serialize(field.Name)).Append(':');
                    Write(to, field.Value);
                    to.Append(',');
                }

                to.Append('}');
                break;
            case JsonValueKind.Array:
                to.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Write(to, item);
                    to.Append(',');
                }

                to.Append(']');
                break;
            case JsonValueKind.String:
                to.Append(JsonSerializer.Serialize(value.GetString()));
                break;
            case JsonValueKind.Number:
                to.Append(value.TryGetDecimal(out var exact) ? exact.ToString("G29", CultureInfo.InvariantCulture) : value.GetDouble().ToString("R", CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.Undefined:
                to.Append("null");
                break;
            default:
                to.Append(value.GetRawText());
                break;
        }
    }
}
