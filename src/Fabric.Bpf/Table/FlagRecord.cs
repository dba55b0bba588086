using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
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

    /// <summary>The block: buckets that are too many for the body, and the variants' names.</summary>
    internal byte[] Block { get; }

    /// <summary>What stands where a flag was deleted.</summary>
    internal static FlagRecord Absent(long revision) => new(new FlagBody { Revision = (ulong)revision }, []);

    internal static FlagRecord Of(Flag flag)
    {
        var definition = flag.Definition;
        var body = new FlagBody
        {
            Revision = (ulong)flag.Revision,
            Truths = Truths(definition),
            State = (byte)definition.State,
            Type = (byte)definition.Type,
            DefaultVariant = (byte)(definition.DefaultVariant ?? Layout.NoVariant),
            OffVariant = Layout.NoVariant,
            SafeVariant = Layout.NoVariant,
        };
        if (definition.Rollout is { } rollout)
            AddRollout(ref body, rollout, flag.Key);

        var block = EncodeBlock(definition);
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

    private static void AddRollout(ref FlagBody body, Rollout rollout, string key)
    {
        var seed = rollout.Seeding == RolloutSeeding.FlagKeyAndTargetingKey ? Encoding.UTF8.GetBytes(key) : [];
        (body.SeedHash, body.SeedTail) = NameHash.MurmurPrefix(seed);
        body.SeedBytes = (byte)seed.Length;
        body.Rule = 1;
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

    private static byte[] EncodeBlock(FlagDefinition definition)
    {
        var buckets = definition.Rollout is { } rollout && rollout.Buckets.Length > Layout.InlineBuckets ? rollout.Buckets : [];
        var names = definition.Variants.Select(static variant => Encoding.UTF8.GetBytes(variant.Name)).ToArray();
        var block = new byte[Layout.BlockHeadBytes + buckets.Length * 8 + names.Length * 2 + names.Sum(static name => name.Length)];
        BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)buckets.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(2), (ushort)names.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), (uint)block.Length);

        var at = Layout.BlockHeadBytes;
        var end = 0u;
        foreach (var bucket in buckets)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at), end += (uint)bucket.Weight);
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at + 4), (uint)(bucket.Variant ?? Layout.NoVariant));
            at += 8;
        }

        var text = at + names.Length * 2;
        var nameEnd = 0;
        foreach (var name in names)
        {
            name.CopyTo(block, text + nameEnd);
            nameEnd += name.Length;
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(at), (ushort)nameEnd);
            at += 2;
        }

        return block;
    }
}
