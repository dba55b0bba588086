using System.Text;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>What the names in a rule stand for.</summary>
/// <param name="flagKey">The flag's key; null while it is not known.</param>
/// <param name="host">The host; null while it is not known.</param>
internal sealed class FactTable(string? flagKey, HostFacts? host)
{
    private const string Labels = "host.labels.";

    /// <summary>A fact of the host was asked for.</summary>
    internal bool UsesHost { get; private set; }

    /// <summary>The fact of a name, or the reason why it is evaluated over HTTP only.</summary>
    internal (Leaf Leaf, string? HttpOnlyBecause) Find(string name)
    {
        if (name.Contains('\\') || name.Contains('\0') || name.StartsWith("../", StringComparison.Ordinal))
            return (default, "a fact's name with a backslash, U+0000 or \"../\" is evaluated over HTTP only");
        if (Encoding.UTF8.GetByteCount(name) > Limits.FactNameBytes)
            return (default, $"a fact's name of more than {Limits.FactNameBytes} bytes is evaluated over HTTP only");
        if (name is "" or "$flagd" or "host" or "host.labels" or "process")
            return (default, $"\"{name}\" as a whole is evaluated over HTTP only");
        return (Known(name), null);
    }

    private Leaf Known(string name) => name switch
    {
        "targetingKey" => Leaf.Of(new Fact(FactSource.TargetingKey, "")),
        "$flagd.timestamp" => Leaf.Of(new Fact(FactSource.Timestamp, "")),
        "$flagd.flagKey" => flagKey is null ? Leaf.Of(new Fact(FactSource.Later, name)) : Leaf.Of(Scalar.Of(flagKey), folded: true),
        "process.exe" => Leaf.Of(new Fact(FactSource.ProcessExe, "")),
        "process.uid" => Leaf.Of(new Fact(FactSource.ProcessUid, "")),
        "process.comm" => Leaf.Of(new Fact(FactSource.ProcessComm, "")),
        "process.cgroup" => Leaf.Of(new Fact(FactSource.ProcessCgroup, "")),
        _ when name.StartsWith("host.", StringComparison.Ordinal) => OfHost(name),
        // What no caller can overwrite has no other parts.
        _ when name.StartsWith("$flagd.", StringComparison.Ordinal) || name.StartsWith("process.", StringComparison.Ordinal) => Leaf.Of(Scalar.Null),
        _ => Leaf.Of(new Fact(FactSource.Attribute, name)),
    };

    private Leaf OfHost(string name)
    {
        var isLabel = name.StartsWith(Labels, StringComparison.Ordinal);
        if (!isLabel && name != "host.name")
            return Leaf.Of(Scalar.Null);
        UsesHost = true;
        if (host is null)
            return Leaf.Of(new Fact(FactSource.Later, name));
        var value = isLabel ? host.Labels.GetValueOrDefault(name[Labels.Length..]) : host.Name;
        return Leaf.Of(value is null ? Scalar.Null : Scalar.Of(value), folded: true);
    }
}
