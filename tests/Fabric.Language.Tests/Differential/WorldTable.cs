using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Language.Tests.Differential;

/// <summary>A world whose definitions the language does not take, or which other doors than HTTP do not evaluate.</summary>
internal sealed class WorldRefusedException(string why) : Exception(why);

/// <summary>A table that one world after the other is written to.</summary>
internal sealed unsafe class WorldTable(ITableMemory memory) : IDisposable
{
    /// <summary>Room for the pieces that worlds which come and go leave of it.</summary>
    private const long HeapBytes = 16 << 20;

    private ImmutableDictionary<string, string[]> _variants = ImmutableDictionary<string, string[]>.Empty;
    private long _revision;

    internal ITableMemory Memory => memory;

    /// <summary>When the table was told of a contact with the fabric, by the host's clock.</summary>
    internal ulong Contact { get; private set; }

    internal static TableSize Size => new(Owner.Capacity, HeapBytes);

    internal static TableOwner Owner { get; } = new(Guid.Parse("5a0c51fd-6e0e-4a8e-8f3f-0a9d4d1e9b10"), "a", 64);

    internal void Load(World world)
    {
        _revision++;
        var flags = FlagSet.Restore(_revision, world.Flags.Select(flag => new Flag(flag.Key, _revision, Definition(flag.Key, flag.Value))));
        // Its host's facts are folded into a table, so each world has a writer of its own.
        var table = new FlagTable(memory, static _ => throw new InvalidOperationException("the table is too small"), new HostFacts(world.Host.Name, world.Host.Labels))
        {
            Builds = world.Host.Builds,
        };
        table.Reconcile(_revision, flags);
        table.Stamp();
        Contact = ((TableHeader*)memory.Bytes)->LastContact;
        _variants = world.Flags.ToImmutableDictionary(
            static flag => flag.Key,
            static flag => flag.Value.GetProperty("variants").EnumerateObject().Select(static variant => variant.Name).ToArray());
    }

    internal Answer Read(string flag, byte reason, byte variant) =>
        new(variant == Layout.NoVariant ? null : _variants[flag][variant], (Reason)reason);

    public void Dispose() => memory.Dispose();

    internal static FlagDefinition Definition(string key, JsonElement json)
    {
        var (definition, problems) = DefinitionParser.Parse(json);
        if (definition is null)
            throw new WorldRefusedException($"{key}: {string.Join("; ", problems)}");
        return definition.HttpOnlyBecause is { } because ? throw new WorldRefusedException($"{key} is for HTTP only: {because}") : definition;
    }
}
