using System.Formats.Tar;
using System.IO.Compression;
using Fabric.Raft.Tests.Harness;
using Fabric.Tests.Shared;

namespace Fabric.Raft.Tests.Golden;

/// <summary>
/// Whole data folders as builds left them behind whose entries had this version: 40 changes of 20 flags, every fourth of which
/// is gone. Today's build opens them, has all of it, and goes on. Of version 1 there are entries and a snapshot, in GoldenTests.
/// </summary>
[Collection("fabric")]
public sealed class GoldenFolderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("version-2")]
    public async Task A_folder_that_an_older_build_left_is_gone_on_with(string version)
    {
        using var folder = new TemporaryDirectory();
        await ExtractAsync(version, folder.Path);
        long before;
        await using (var member = Member(folder.Path))
        {
            await member.StartAsync(Token);
            await Until.True(() => member.Status.Role == MemberRole.Leader, "the member leads");
            _ = await member.ReadIndexAsync(Token);
            Assert.Equal(Enumerable.Range(0, 20).Where(static i => i % 4 != 0).Select(static i => $"flag-{i:d2}"), member.State.Flags.Flags.Keys);
            Assert.All(member.State.Flags.Flags.Values, static flag => Assert.Equal(1, flag.Definition.DefaultVariant));
            before = member.State.AppliedIndex;
            Assert.IsType<Proposal.Decided>(await member.ProposeAsync(Sets.Put("after"), Token));
        }

        await using var again = Member(folder.Path);
        await again.StartAsync(Token);
        await Until.True(() => again.State.Flags.Flags.ContainsKey("after"), "what was written after the upgrade is there");
        Assert.True(again.State.Flags.Flags["after"].Revision > before);
    }

    private static RaftConsensus Member(string folder) => new(new RaftOptions
    {
        Name = "a",
        Members = [new Member("a", Ports.Free(1)[0])],
        DataDirectory = folder,
        MinFreeBytes = 0,
    });

    private static async Task ExtractAsync(string version, string to)
    {
        var archive = Path.Combine(RepositoryRoot.Path, "tests", "Fabric.Raft.Tests", "Golden", $"{version}.data.tar.gz");
        await using var zipped = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(zipped, to, overwriteFiles: true, Token);
    }
}
