using System.Collections.Immutable;
using System.IO.Hashing;
using Fabric.Flags;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.Targeting;

namespace Fabric.Bpf.Table.Encoding;

/// <summary>Writes a version's block: see <c>bpf/flag_program.h</c>.</summary>
internal static class BlockEncoder
{
    private const ulong WholePart = 1UL << 32;

    /// <param name="definition">What the flag says.</param>
    /// <param name="flagKey">Its key.</param>
    /// <param name="program">Its rule, where that is a program.</param>
    internal static byte[] Encode(FlagDefinition definition, string flagKey, DecisionProgram? program)
    {
        var writer = new BlockWriter();
        _ = writer.Reserve<FlagBlock>(1);
        ImmutableArray<Bucket> buckets = definition.Rollout is { Buckets: { Length: > Layout.InlineBuckets } many } ? many : [];
        WriteBuckets(writer, buckets);
        var head = new FlagBlock
        {
            BucketCount = (ushort)buckets.Length,
            VariantCount = (ushort)definition.Variants.Length,
            PrerequisiteCount = (ushort)definition.Prerequisites.Length,
            Variants = WriteVariants(writer, definition),
            Prerequisites = WritePrerequisites(writer, definition.Prerequisites),
            ActivateAtNs = definition.ActivateAt is { } time ? Nanoseconds(time) : 0,
            StaleAfterNs = definition.Staleness is { After: var after } ? (ulong)after.Ticks * TimeSpan.NanosecondsPerTick : 0,
            Ramp = definition.Ramp is { } ramp ? RampOf(ramp, definition.Salt ?? flagKey) : default,
        };
        if (program is not null)
            ProgramEncoder.Write(writer, ref head, program);
        if (program is { UsesHost: true } || !definition.RequiresBuild.IsEmpty)
        {
            head.DefinitionHash = writer.Reserve<ulong>(1);
            writer.Set(head.DefinitionHash, 0, XxHash3.HashToUInt64(definition.Json.Span));
        }

        head.Bytes = (uint)writer.Length;
        writer.Set(0, 0, head);
        return writer.Finish();
    }

    private static void WriteBuckets(BlockWriter writer, ImmutableArray<Bucket> buckets)
    {
        var place = writer.Reserve<FlagBucket>(buckets.Length);
        var end = 0u;
        for (var i = 0; i < buckets.Length; i++)
            writer.Set(place, i, new FlagBucket { End = end += (uint)buckets[i].Weight, Variant = (uint)(buckets[i].Variant ?? Layout.NoVariant) });
    }

    private static uint WriteVariants(BlockWriter writer, FlagDefinition definition)
    {
        var place = writer.Reserve<FlagVariant>(definition.Variants.Length);
        for (var i = 0; i < definition.Variants.Length; i++)
        {
            var variant = definition.Variants[i];
            var (name, nameBytes) = writer.Text(variant.Name);
            var (value, valueBytes) = ValueOf(writer, definition.Type, variant);
            writer.Set(place, i, new FlagVariant
            {
                Name = name, NameBytes = (uint)nameBytes, NameHash = TextHash.OfName(variant.Name), Value = value, ValueBytes = (uint)valueBytes,
            });
        }

        return place;
    }

    private static (ulong Value, int Bytes) ValueOf(BlockWriter writer, FlagType type, Variant variant)
    {
        switch (type)
        {
            case FlagType.Boolean:
                return (variant.Json == "true" ? 1UL : 0, 0);
            case FlagType.Number:
                var number = Scalar.Of(double.Parse(variant.Json, System.Globalization.CultureInfo.InvariantCulture));
                return ((ulong)number.Bits, number.Type == ScalarType.Integer ? sizeof(long) : 0);
            default:
                return writer.Text(type == FlagType.String ? variant.Text() : variant.Json);
        }
    }

    private static unsafe uint WritePrerequisites(BlockWriter writer, ImmutableArray<Prerequisite> prerequisites)
    {
        var place = writer.Reserve<FlagPrerequisite>(prerequisites.Length);
        for (var i = 0; i < prerequisites.Length; i++)
        {
            var entry = new FlagPrerequisite { Variant = TextHash.OfName(prerequisites[i].Variant) };
            var name = new Span<byte>(entry.Name, Layout.NameBytes);
            entry.Hash = NameHash.Of(name, System.Text.Encoding.UTF8.GetBytes(prerequisites[i].Flag, name));
            writer.Set(place, i, entry);
        }

        return place;
    }

    private static FlagRamp RampOf(Ramp ramp, string seed)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(seed);
        var (hash, tail) = NameHash.MurmurPrefix(bytes);
        return new FlagRamp
        {
            StartNs = Nanoseconds(ramp.Start),
            EndNs = Nanoseconds(ramp.End),
            From = ShareOf(ramp.From),
            To = ShareOf(ramp.To),
            SeedHash = hash,
            SeedTail = tail,
            SeedBytes = (byte)bytes.Length,
            Variant = (byte)ramp.Variant,
        };
    }

    /// <summary>Rounded up: a whole hash is below the share exactly where it is below the next whole number.</summary>
    private static ulong ShareOf(int thousandths) => ((ulong)thousandths * WholePart + Ramp.Everybody - 1) / Ramp.Everybody;

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
