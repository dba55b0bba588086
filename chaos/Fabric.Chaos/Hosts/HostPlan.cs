namespace Fabric.Chaos.Hosts;

/// <summary>A host of the fabric under test.</summary>
/// <param name="Name">One letter, as the others call it.</param>
/// <param name="Number">From 1; the last byte of its address.</param>
/// <param name="Voter">Whether it keeps the log; the others follow.</param>
internal sealed record HostPlan(string Name, int Number, bool Voter)
{
    private const int Voters = 3;

    internal string Address => $"10.77.0.{Number}";

    internal string Http => $"{Address}:7401";

    internal Uri Url => new($"http://{Http}");

    internal string Raft => $"{Address}:7501";

    internal string Peer => $"name={Name},raft={Raft},http=http://{Http}";

    internal static HostPlan[] Of(int hosts) =>
        [.. Enumerable.Range(0, hosts).Select(static i => new HostPlan($"{(char)('a' + i)}", i + 1, i < Voters))];
}
