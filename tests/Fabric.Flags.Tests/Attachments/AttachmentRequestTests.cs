using System.Collections.Immutable;
using Fabric.Flags.Attachments;

namespace Fabric.Flags.Tests.Attachments;

public sealed class AttachmentRequestTests
{
    private static string[] PlacesOf(AttachmentRequest request) => [.. request.Problems().Select(static problem => problem.Path)];

    [Theory]
    [InlineData("/usr/bin/app", "is_enabled")]
    [InlineData("/opt/ünï ✓/app", "main.Enabled[go.shape.string]")]
    [InlineData("/a..b/.c", "_ZN3app7enabledEPKc")]
    public void A_plain_path_and_any_symbol_are_taken(string exe, string symbol) => Assert.Empty(PlacesOf(new AttachmentRequest(exe, symbol)));

    [Theory]
    [InlineData("")]
    [InlineData("app")]
    [InlineData("./app")]
    [InlineData("/")]
    [InlineData("/usr//app")]
    [InlineData("/usr/bin/")]
    [InlineData("/usr/./app")]
    [InlineData("/../etc/app")]
    [InlineData("/usr/bin/..")]
    [InlineData("/usr/a\0b")]
    [InlineData("/usr/a\nb")]
    public void A_path_that_no_host_could_use_is_refused(string exe) => Assert.Equal(["/exe"], PlacesOf(new AttachmentRequest(exe, "f")));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("\u0007")]
    public void A_symbol_that_no_file_has_is_refused(string symbol) => Assert.Equal(["/symbol"], PlacesOf(new AttachmentRequest("/app", symbol)));

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_text() => Assert.Equal(["/exe", "/symbol"], PlacesOf(new AttachmentRequest("/usr/\ud800", "\udfff")));

    [Fact]
    public void A_path_may_have_exactly_so_many_bytes()
    {
        var longest = "/" + new string('x', Limits.AttachmentTextBytes - 1);
        Assert.Empty(PlacesOf(new AttachmentRequest(longest, longest)));
        Assert.Equal(["/exe", "/symbol"], PlacesOf(new AttachmentRequest(longest + "x", longest + "x")));
        Assert.Equal(["/exe"], PlacesOf(new AttachmentRequest("/" + new string('ü', Limits.AttachmentTextBytes / 2), "f")));
    }

    [Theory]
    [InlineData("abcdef0", false)]
    [InlineData("abcdef01", true)]
    [InlineData("abcdef012", false)]
    [InlineData("ABCDEF01", false)]
    [InlineData("abcdefgh", false)]
    public void A_build_id_is_whole_bytes_in_lower_case(string id, bool taken)
    {
        var request = new AttachmentRequest("/app", "f") { BuildIds = [new string('0', 64), id] };
        Assert.Equal(taken ? [] : ["/buildIds/1"], PlacesOf(request));
        Assert.Equal(["/buildIds/0"], PlacesOf(request with { BuildIds = [new string('0', 66)] }));
    }

    [Fact]
    public void Build_ids_are_bounded_and_stand_there_once()
    {
        var most = Enumerable.Range(0, Limits.BuildIds).Select(static i => $"{i:x8}").ToImmutableArray();
        var request = new AttachmentRequest("/app", "f") { BuildIds = most };
        Assert.Empty(PlacesOf(request));
        Assert.Equal(["/buildIds"], PlacesOf(request with { BuildIds = most.Add("ffffffff") }));
        Assert.Equal(["/buildIds/1"], PlacesOf(request with { BuildIds = [most[0], most[0]] }));
    }

    [Fact]
    public void What_is_no_convention_and_no_signature_is_refused() =>
        Assert.Equal(["/abi", "/signature"], PlacesOf(new AttachmentRequest("/app", "f", (AttachmentAbi)9, (AttachmentSignature)9)));

    [Fact]
    public void Requests_are_equal_by_what_they_say()
    {
        var one = new AttachmentRequest("/app", "f") { BuildIds = ["00000001"] };
        Assert.Equal(one, new AttachmentRequest("/app", "f") { BuildIds = ["00000001"] });
        Assert.Equal(one.GetHashCode(), new AttachmentRequest("/app", "f") { BuildIds = ["00000001"] }.GetHashCode());
        Assert.NotEqual(one, one with { BuildIds = ["00000002"] });
        Assert.NotEqual(one, one with { Abi = AttachmentAbi.Go });
        Assert.Equal(one.Id, (one with { BuildIds = [], Abi = AttachmentAbi.C }).Id);
    }

    [Fact]
    public void An_id_is_the_one_that_hosts_have_known_before()
    {
        Assert.Equal("832a683dafbeb391", AttachmentId.Of("/usr/bin/app", "is_enabled"));
        Assert.Null(AttachmentId.WhyNot(AttachmentId.Of("/a", "b")));
        Assert.All(["", "abc", "0B61A5AD5E8A0C1F", "0b61a5ad5e8a0c1f0"], static id => Assert.NotNull(AttachmentId.WhyNot(id)));
    }
}
