namespace Fabric.Flags.Tests;

public sealed class FlagKeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("new-checkout-flow")]
    [InlineData("team.service:flag_1")]
    [InlineData("mit Leerzeichen")]
    [InlineData("größe")]
    public void A_key_that_says_something_is_taken(string key) => Assert.Null(FlagKey.WhyNot(key));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData(" a")]
    [InlineData("a ")]
    public void A_key_that_could_mislead_is_refused(string? key) => Assert.NotNull(FlagKey.WhyNot(key));

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() => Assert.NotNull(FlagKey.WhyNot("a" + (char)0xd800));

    [Fact]
    public void A_key_has_at_most_63_bytes_however_many_characters_these_are()
    {
        Assert.Null(FlagKey.WhyNot(new string('a', 63)));
        Assert.NotNull(FlagKey.WhyNot(new string('a', 64)));
        Assert.Null(FlagKey.WhyNot(new string('ü', 31)));
        Assert.NotNull(FlagKey.WhyNot(new string('ü', 32)));
    }
}
