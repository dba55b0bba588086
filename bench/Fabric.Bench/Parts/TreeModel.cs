using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>
/// A model of how hosts find one that feeds them: the rule of src/Fabric.Node/Feeding (a host asks its voters in random
/// order; one that is full shows it up to eight of those that it feeds), without the network. It says how deep the tree grows, how many
/// a host feeds, and, with what a host adds to the way of a write, when the last one has it.
/// </summary>
internal static class TreeModel
{
    private const int Voters = 3;
    private const int Suggestions = 8;

    internal static Section Run(Options options)
    {
        var section = new Section("A model of larger fleets");
        section.Row("hosts", "places a host", "depth", "fed by a voter", "fed by a host, most", "asked until fed, mean (most)", "messages up a voter, per write", "last host, ms");
        foreach (var (hosts, places) in new[] { (1_000, 128), (1_000, 16), (10_000, 128), (10_000, 16) })
            Row(section, hosts, places);
        section.Note($"A model, not a measurement: a host's part of a write's way is drawn at random with a median of {Hop.Last.Median:F1} ms and {Hop.Last.Tail:F1} ms at p99, {Hop.Last.From}; "
            + "the time of the write itself is left out. Random numbers from the seed 1.");
        return section;
    }

    private static void Row(Section section, int hosts, int places)
    {
        var random = new Random(1);
        var tree = new Tree(places, random);
        var asked = Enumerable.Range(0, hosts).Select(_ => tree.Join()).ToArray();
        var last = Enumerable.Range(0, 200).Select(_ => tree.LastHost(Draw)).ToArray();
        section.Row(
            $"{hosts:N0}", $"{places}", $"{tree.Depth}", $"{tree.FedByVoter}", $"{tree.FedByHost}", $"{asked.Average():F1} ({asked.Max()})", $"{tree.LargestBranch}",
            new Samples(last).Text(0));

        double Draw()
        {
            // A lognormal time through the two points that were measured.
            var sigma = Math.Log(Hop.Last.Tail / Hop.Last.Median) / 2.326;
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return Hop.Last.Median * Math.Exp(sigma * normal);
        }
    }

    private sealed class Tree(int places, Random random)
    {
        private readonly List<Host> _voters = [.. Enumerable.Range(0, Voters).Select(static _ => new Host(null))];

        internal int Depth => _voters.Max(static voter => voter.DepthBelow);

        internal int FedByVoter => _voters.Max(static voter => voter.Fed.Count);

        internal int FedByHost => _voters.Max(static voter => voter.MostFedBelow);

        /// <summary>Hosts below one voter: so many confirmations reach it for each write.</summary>
        internal int LargestBranch => _voters.Max(static voter => voter.Below.Count);

        /// <summary>One more host; returns how many it asked.</summary>
        internal int Join()
        {
            var shown = new Queue<Host>();
            for (var asked = 1; ; asked++)
            {
                var source = shown.TryDequeue(out var suggested) ? suggested : _voters[random.Next(Voters)];
                if (source.Fed.Count < places)
                {
                    source.Feed(new Host(source));
                    return asked;
                }

                foreach (var other in random.GetItems(source.Fed.ToArray(), Suggestions).Distinct())
                    shown.Enqueue(other);
            }
        }

        internal double LastHost(Func<double> hop) => _voters.Max(voter => voter.Latest(0, hop));
    }

    private sealed class Host(Host? source)
    {
        internal List<Host> Fed { get; } = [];

        internal List<Host> Below { get; } = [];

        internal int DepthBelow => Fed.Count == 0 ? 0 : 1 + Fed.Max(static host => host.DepthBelow);

        internal int MostFedBelow => Fed.Count == 0 ? 0 : Fed.Max(static host => Math.Max(host.Fed.Count, host.MostFedBelow));

        internal void Feed(Host host)
        {
            Fed.Add(host);
            for (var above = this; above is not null; above = above.Source)
                above.Below.Add(host);
        }

        internal double Latest(double at, Func<double> hop) => Fed.Count == 0 ? at : Fed.Max(host => host.Latest(at + hop(), hop));

        private Host? Source { get; } = source;
    }
}
