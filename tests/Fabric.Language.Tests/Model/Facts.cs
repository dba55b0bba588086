using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>What can be asked of a caller, its process and its host, for one flag.</summary>
internal sealed class Facts(Host host, ProcessFacts process, Question question, Observations seen)
{
    private const int MaxKeyBytes = 255;

    /// <summary>The caller's key; null for none, and for one that is too long.</summary>
    internal string? TargetingKey { get; } =
        question.TargetingKey is { } key && Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes ? key : null;

    /// <summary>The fact of this name, for the flag that asks; null where there is none.</summary>
    internal Value Find(string name, string flag) => name switch
    {
        "targetingKey" => Targeting(),
        "$flagd.flagKey" => Value.Of(flag),
        "$flagd.timestamp" => new Value.Number(Rational.Of(question.Moment.UnixNanoseconds / 1_000_000_000)),
        "host.name" => Value.Of(host.Name),
        "process.exe" => Text(process.Exe),
        "process.uid" => process.Uid is { } uid ? new Value.Number(Rational.Of(uid)) : Value.Null,
        "process.comm" => Text(process.Comm),
        "process.cgroup" => Text(process.Cgroup),
        _ when name.StartsWith("host.labels.", StringComparison.Ordinal) => Text(host.Labels.GetValueOrDefault(name["host.labels.".Length..])),
        _ => Attribute(name),
    };

    /// <summary>A key that counts as none is one more thing that flagd sees otherwise.</summary>
    internal Value Targeting()
    {
        seen.See(Departure.LongTargetingKey, TargetingKey is null && question.TargetingKey is not null);
        return Text(TargetingKey);
    }

    private static Value Text(string? text) => text is null ? Value.Null : Value.Of(text);

    private Value Attribute(string path)
    {
        var at = question.Attributes;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < at.GetArrayLength() && name == index.ToString(CultureInfo.InvariantCulture))
            {
                at = at[index];
            }
            else
            {
                seen.See(Departure.InsideOfScalar, at.ValueKind is JsonValueKind.False or JsonValueKind.Number or JsonValueKind.String);
                return Value.Null;
            }
        }

        return Value.OfCaller(at);
    }
}
