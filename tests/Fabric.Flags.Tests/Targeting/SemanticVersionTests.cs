using Fabric.Flags.Targeting;

namespace Fabric.Flags.Tests.Targeting;

public sealed class SemanticVersionTests
{
    /// <summary>The order that semver.org gives as its example, with what lies around it.</summary>
    private static readonly string[] Ascending =
    [
        "0.0.1", "0.9.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
        "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0-0", "2.0.0", "10.0.0", "9007199254740991.0.0",
    ];

    [Fact]
    public void Versions_stand_in_the_order_of_the_specification()
    {
        for (var i = 0; i < Ascending.Length; i++)
        {
            for (var j = 0; j < Ascending.Length; j++)
            {
                var (one, other) = (SemanticVersion.Parse(Ascending[i])!, SemanticVersion.Parse(Ascending[j])!);
                Assert.True(
                    (one.Is(VersionComparison.Less, other), one.Is(VersionComparison.Equal, other), one.Is(VersionComparison.GreaterOrEqual, other))
                    == (i < j, i == j, i >= j), $"{Ascending[i]} and {Ascending[j]}");
            }
        }
    }

    [Theory]
    [InlineData("1", "1.0.0")]
    [InlineData("v1.2", "1.2.0")]
    [InlineData("V1.2.3+build.5", "1.2.3")]
    [InlineData("1.2.3-a+b", "1.2.3-a")]
    public void What_is_left_out_is_0_and_build_metadata_says_nothing(string text, string same) =>
        Assert.Equal(SemanticVersion.Parse(same), SemanticVersion.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("1.")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2-a")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3 ")]
    [InlineData("1.2.3\n")]
    [InlineData("٣.0.0")]
    [InlineData("9007199254740992.0.0")]
    public void Anything_else_is_no_version(string text) => Assert.Null(SemanticVersion.Parse(text));

    [Fact]
    public void A_caret_asks_for_the_same_major_and_a_tilde_for_the_same_minor_too()
    {
        var (one, other, third) = (SemanticVersion.Parse("1.2.3")!, SemanticVersion.Parse("1.2.9-x")!, SemanticVersion.Parse("1.3.0")!);

        Assert.True(one.Is(VersionComparison.SameMajor, third) && one.Is(VersionComparison.SameMinor, other));
        Assert.False(one.Is(VersionComparison.SameMinor, third) || one.Is(VersionComparison.SameMajor, SemanticVersion.Parse("2.2.3")!));
    }
}
