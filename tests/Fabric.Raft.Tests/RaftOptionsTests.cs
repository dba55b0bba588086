using System.Net;

namespace Fabric.Raft.Tests;

public sealed class RaftOptionsTests
{
    private static RaftOptions Good() => new()
    {
        Name = "a",
        Members = [new Member("a", new IPEndPoint(IPAddress.Loopback, 7501))],
        DataDirectory = "/tmp/a",
    };

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Good().Problems());

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void Only_one_or_three_members_are_taken(int count)
    {
        var members = Enumerable.Range(0, count).Select(static i => new Member($"{(char)('a' + i)}", new IPEndPoint(IPAddress.Loopback, 7501 + i))).ToArray();
        Assert.Contains((Good() with { Members = members }).Problems(), static problem => problem.Path == "Members");
    }

    [Fact]
    public void All_problems_are_told_at_once_with_key_value_and_range()
    {
        var bad = Good() with
        {
            Name = "z",
            LowerElectionTimeout = TimeSpan.FromMilliseconds(400),
            UpperElectionTimeout = TimeSpan.FromMilliseconds(400),
            RequestTimeout = TimeSpan.FromMilliseconds(500),
            ConnectTimeout = TimeSpan.FromMilliseconds(600),
            MaxProposalsInFlight = 0,
        };

        var message = Assert.Throws<ArgumentException>(() => new RaftConsensus(bad)).Message;

        Assert.Contains("Name: \"z\" is not among the members", message, StringComparison.Ordinal);
        Assert.Contains("UpperElectionTimeout: is 400 ms; above LowerElectionTimeout (400 ms)", message, StringComparison.Ordinal);
        Assert.Contains("RequestTimeout: is 500 ms; above 0, below LowerElectionTimeout (400 ms)", message, StringComparison.Ordinal);
        Assert.Contains("ConnectTimeout: is 600 ms; above 0, up to RequestTimeout (500 ms)", message, StringComparison.Ordinal);
        Assert.Contains("MaxProposalsInFlight: is 0; 1 to 1000000", message, StringComparison.Ordinal);
    }
}
