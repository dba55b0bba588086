using Fabric.Node.Evaluation;

namespace Fabric.Node.Tests.Evaluation;

public sealed class Murmur3Tests
{
    /// <summary>Texts whose hashes lie at the edges, and such of every length of a tail.</summary>
    [Theory]
    [InlineData("", 0u)]
    [InlineData("ejOoVL", 0u)]
    [InlineData("bY9fO-", 1u)]
    [InlineData("SI7p-", 0x7fffffffu)]
    [InlineData("6LvT0", 0x80000000u)]
    [InlineData("ceQdGm", 0xffffffffu)]
    public void Has_the_known_hash(string text, uint hash) => Assert.Equal(hash, Murmur3.Hash(text));
}
