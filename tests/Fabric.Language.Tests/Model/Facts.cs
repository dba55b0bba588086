using System.Text;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>What a <c>var</c> names.</summary>
internal sealed class Facts(string flagKey, Host host, Caller caller)
{
    private const int KeyBytes = 255;
    private const string Label = "host.labels.";

    /// <summary>The targeting key; a longer one than the language knows counts as none.</summary>
    internal string? TargetingKey => KeyOf(caller);

    internal static string? KeyOf(Caller caller) =>
        caller.TargetingKey is { } key && Encoding.UTF8.GetByteCount(key) <= KeyBytes ? key : null;

    internal Value Of(string name)
    {
        switch (name)
        {
            case "targetingKey":
                return TextOf(TargetingKey);
            case "$flagd.flagKey":
                return TextOf(flagKey);
            case "$flagd.timestamp":
                return new Value.Number(Math.Floor(caller.UnixNanoseconds / 1_000_000_000m) is var seconds ? (double)seconds : 0);
            case "host.name":
                return TextOf(host.Name);
            case "process.exe" or "process.uid" or "process.comm" or "process.cgroup":
                return new Value.Null();
        }

        return name.StartsWith(Label, StringComparison.Ordinal)
            ? TextOf(host.Labels.GetValueOrDefault(name[Label.Length..]))
            : Attribute(name);
    }

    private static Value TextOf(string? text) => text is null ? new Value.Null() : new Value.Text(text);

    private Value Attribute(string name)
    {
        var at = caller.Attributes;
        foreach (var part in name.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
                return new Value.Null();
        }

        return Value.Of(at);
    }
}
