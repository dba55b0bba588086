using System.Collections.Immutable;

namespace Fabric.Flags.Definitions;

/// <summary>flagd's <c>fractional</c> v2: callers divided over variants by a hash of their targeting key.</summary>
/// <param name="Seeding">What is hashed.</param>
/// <param name="Buckets">The variants and their weights, in order; the weights' sum is 1 to 2^31-1.</param>
public sealed record Rollout(RolloutSeeding Seeding, ImmutableArray<Bucket> Buckets)
{
    public uint TotalWeight => (uint)Buckets.Sum(static bucket => bucket.Weight);
}

/// <summary>What a rollout hashes.</summary>
public enum RolloutSeeding : byte
{
    /// <summary>The flag's key followed by the targeting key, so that each flag draws its own sample. An empty targeting key decides nothing.</summary>
    FlagKeyAndTargetingKey = 0,

    /// <summary>The targeting key alone (<c>{"var":"targetingKey"}</c>), so that flags share a sample.</summary>
    TargetingKey = 1,
}

/// <summary>A share of the callers.</summary>
/// <param name="Variant">Index of the variant they get; null gives them the default variant.</param>
/// <param name="Weight">Their part of the total weight, 0 to 2^31-1.</param>
public readonly record struct Bucket(int? Variant, long Weight);
