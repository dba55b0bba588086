using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fabric.Bpf.Table.Encoding;
using Fabric.Bpf.Usage;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Bpf.Table;

/// <summary>A flag as the table holds it: the body that fits a slot, and the block for the rest.</summary>
internal sealed unsafe class FlagRecord
{
    private FlagRecord(FlagBody body, byte[] block)
    {
        Body = body;
        Block = block;
    }

    /// <summary>The body; where its block lies is left for the table to say.</summary>
    internal FlagBody Body { get; }

    /// <summary>The block: variants, and what the definition says beyond what fits the body.</summary>
    internal byte[] Block { get; }

    /// <summary>What stands where a flag was deleted.</summary>
    internal static FlagRecord Absent(long revision) => new(new FlagBody { Revision = (ulong)revision }, []);

    /// <param name="flag">The flag.</param>
    /// <param name="host">The host whose facts are folded into its rule.</param>
    /// <param name="builds">Build-ids that the host has attached to; null while that is not known.</param>
    internal static FlagRecord Of(Flag flag, HostFacts host, ImmutableSortedSet<string>? builds = null)
    {
        var definition = BuildGate.Fold(flag.Definition, builds);
        var program = definition.Targeting is null || definition.Rollout is not null ? null : Compiler.Compile(definition, flag.Key, host).Program;
        var body = new FlagBody
        {
            Revision = (ulong)flag.Revision,
            Truths = Truths(definition),
            State = (byte)definition.State,
            Type = (byte)definition.Type,
            DefaultVariant = (byte)(definition.DefaultVariant ?? Layout.NoVariant),
            Rule = (byte)RuleOf(definition, program),
            Extras = (byte)ExtrasOf(definition),
            OffVariant = (byte)(definition.OffVariant ?? Layout.NoVariant),
            SafeVariant = (byte)(definition.Staleness?.Variant ?? Layout.NoVariant),
            Variants = VariantList.Of(definition),
        };
        if (body.Rule == (byte)FlagRule.Fractional)
            AddRollout(ref body, definition.Rollout!, definition.Salt ?? flag.Key);

        var block = BlockEncoder.Encode(definition, flag.Key, program);
        body.BlockBytes = (uint)block.Length;
        return new FlagRecord(body, block);
    }

    /// <summary>Whether the bytes of a version say the same, wherever its block lies.</summary>
    internal bool Says(FlagBody body, ReadOnlySpan<byte> block)
    {
        var (own, other) = (Body, body);
        own.BlockOffset = other.BlockOffset = 0;
        return MemoryMarshal.AsBytes(new ReadOnlySpan<FlagBody>(in own)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<FlagBody>(in other)))
            && block.SequenceEqual(Block);
    }

    private static FlagRule RuleOf(FlagDefinition definition, DecisionProgram? program) => definition switch
    {
        { Targeting: null } => FlagRule.None,
        { HttpOnlyBecause: not null } => FlagRule.Remote,
        { Rollout: not null } => FlagRule.Fractional,
        _ => program is null ? FlagRule.Remote : FlagRule.Program,
    };

    private static FlagExtras ExtrasOf(FlagDefinition definition) =>
        (definition.ActivateAt is null ? 0 : FlagExtras.Activation)
        | (definition.Ramp is null ? 0 : FlagExtras.Ramp)
        | (definition.Prerequisites.IsEmpty ? 0 : FlagExtras.Prerequisites)
        | (definition.Staleness is null ? 0 : FlagExtras.Staleness);

    private static ulong Truths(FlagDefinition definition)
    {
        var truths = 0UL;
        for (var i = 0; i < definition.Variants.Length; i++)
        {
            if (definition.Type == FlagType.Boolean && definition.Variants[i].Json == "true")
                truths |= 1UL << i;
        }

        return truths;
    }

    private static void AddRollout(ref FlagBody body, Rollout rollout, string name)
    {
        var seed = rollout.Seeding == RolloutSeeding.FlagKeyAndTargetingKey ? System.Text.Encoding.UTF8.GetBytes(name) : [];
        (body.SeedHash, body.SeedTail) = NameHash.MurmurPrefix(seed);
        body.SeedBytes = (byte)seed.Length;
        body.Seeding = (byte)rollout.Seeding;
        body.TotalWeight = rollout.TotalWeight;
        body.BucketCount = (byte)rollout.Buckets.Length;
        if (rollout.Buckets.Length > Layout.InlineBuckets)
            return;

        var end = 0u;
        for (var i = 0; i < rollout.Buckets.Length; i++)
        {
            body.BucketEnd[i] = end += (uint)rollout.Buckets[i].Weight;
            body.BucketVariant[i] = (byte)(rollout.Buckets[i].Variant ?? Layout.NoVariant);
        }
    }
}
