using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fabric.Bpf.Evaluation;

namespace Fabric.Node.Evaluation;

/// <summary>
/// Turns a context of JSON into the facts that the table is asked with. What stands in an object gets its dotted name;
/// an object and a list are facts by themselves, too, since a rule may ask whether they are there.
/// </summary>
internal sealed class ContextReader
{
    /// <summary>Facts of one caller, elements of lists included.</summary>
    public const int MaxFacts = 4096;

    /// <summary>Bytes of UTF-8 in one string: FLAG_MAX_TEXT.</summary>
    public const int MaxText = 65_535;

    /// <summary>Bytes of UTF-8 in a fact's name; no rule can ask for a longer one.</summary>
    public const int MaxName = 255;

    /// <summary>Bytes of UTF-8 in a targeting key; a longer one counts as none in every door.</summary>
    public const int MaxTargetingKey = 255;

    private const string TargetingKey = "targetingKey";
    private const string Injected = "$flagd";
    private const double MaxWhole = 9_007_199_254_740_992;

    private readonly ImmutableArray<CallerFact>.Builder _facts = ImmutableArray.CreateBuilder<CallerFact>();
    private string? _problem;

    private ContextReader()
    {
    }

    /// <summary>Exactly one of the two results is set: who asks, or why that is no context.</summary>
    public static (Caller? Caller, string? Problem) Read(JsonElement context)
    {
        if (context.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return (Caller.Nobody, null);
        if (context.ValueKind != JsonValueKind.Object)
            return (null, "context must be an object");
        string? key = null;
        if (context.TryGetProperty(TargetingKey, out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.String)
                return (null, "context.targetingKey must be a string");
            key = given.GetString()!;
            if (key.Contains('\0', StringComparison.Ordinal))
                return (null, "context.targetingKey must not contain U+0000, which ends a text in C");
        }

        var reader = new ContextReader();
        reader.AddMembers(context, "");
        return reader._problem is { } problem
            ? (null, problem)
            : (new Caller(new EvaluationContext(Bytes(key) <= MaxTargetingKey ? key : null, reader._facts.ToImmutable()), context), null);
    }

    private void AddMembers(JsonElement container, string prefix)
    {
        foreach (var member in container.EnumerateObject())
        {
            // A dot would lead a rule into an object that is not there, so it cannot reach such a name; C cannot hold U+0000.
            if (member.Name.Length > 0 && !member.Name.AsSpan().ContainsAny('.', '\0')
                && (prefix.Length > 0 || member.Name is not (TargetingKey or Injected)))
            {
                AddNamed(prefix + member.Name, member.Value);
            }
        }
    }

    private void AddNamed(string name, JsonElement value)
    {
        if (_problem is not null || Bytes(name) > MaxName)
            return;
        Add(name, value);
        if (value.ValueKind == JsonValueKind.Object)
            AddMembers(value, name + ".");
        if (value.ValueKind != JsonValueKind.Array)
            return;
        foreach (var element in value.EnumerateArray())
            Add(null, element);
        var index = 0;
        foreach (var element in value.EnumerateArray())
            AddNamed(name + "." + index++.ToString(CultureInfo.InvariantCulture), element);
    }

    private void Add(string? name, JsonElement value)
    {
        if (_facts.Count == MaxFacts)
            _problem ??= $"a context has at most {MaxFacts} facts, elements of lists counted";
        if (_problem is not null)
            return;
        _facts.Add(value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => new CallerFact(name, FactType.Boolean, value.GetBoolean() ? 1 : 0),
            JsonValueKind.Number => Number(name, value),
            JsonValueKind.String => Text(name, value.GetString()!),
            // A list inside of a list is never the same as anything, so what it holds is not asked for.
            JsonValueKind.Array => new CallerFact(name, FactType.List, name is null ? 0 : value.GetArrayLength()),
            JsonValueKind.Object => new CallerFact(name, FactType.Object),
            _ => new CallerFact(name, FactType.Null),
        });
    }

    private CallerFact Number(string? name, JsonElement value)
    {
        var number = value.GetDouble();
        if (!double.IsFinite(number))
            _problem ??= $"context{Place(name)} is a number that no double holds";
        return double.IsInteger(number) && Math.Abs(number) <= MaxWhole
            ? new CallerFact(name, FactType.Integer, (long)number)
            : new CallerFact(name, FactType.Double, Number: number);
    }

    private CallerFact Text(string? name, string text)
    {
        if (Bytes(text) > MaxText)
            _problem ??= $"context{Place(name)} has more than {MaxText} bytes";
        return new CallerFact(name, FactType.String, Text: text);
    }

    private static string Place(string? name) => name is null ? ": an element of a list" : "." + name;

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
