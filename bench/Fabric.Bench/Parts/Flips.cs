using System.Diagnostics;
using System.Text;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>How long after the answer of a PUT the programs on every host see the change.</summary>
internal static class Flips
{
    private const string Flag = "flip";
    private const double Nanoseconds = 1e6; // in a millisecond

    internal static Section Run(Options options)
    {
        if (Stopwatch.Frequency != 1_000_000_000)
            throw new PlatformNotSupportedException("Stopwatch is not CLOCK_MONOTONIC in nanoseconds here");
        using var fleet = Fleet.Start(options);
        var watchers = new List<Watcher>();
        try
        {
            Put(fleet.Nodes[0], on: false);
            watchers.AddRange(fleet.Nodes.Select(static node => new Watcher(node, Flag)));
            foreach (var watcher in watchers)
                WaitForFirst(watcher);
            var flips = new List<Flip>();
            for (var i = 0; i < options.Rounds(200) * fleet.Nodes.Count; i++)
                flips.Add(FlipOnce(fleet.Nodes[i % fleet.Nodes.Count], on: i % 2 == 0, watchers));
            return Describe(flips, fleet, options.Pins is null ? "files" : "BPF arrays");
        }
        finally
        {
            watchers.ForEach(static watcher => watcher.Dispose());
        }
    }

    /// <summary>A node's table may show the first write a moment later than the node that answered it.</summary>
    private static void WaitForFirst(Watcher watcher) => _ = watcher.Seen(on: false);

    private static Flip FlipOnce(FleetNode node, bool on, List<Watcher> watchers)
    {
        var sent = Stopwatch.GetTimestamp();
        Put(node, on);
        var answered = Stopwatch.GetTimestamp();
        return new Flip(node, (answered - sent) / Nanoseconds,
            watchers.ToDictionary(static watcher => watcher.Node, watcher => (watcher.Seen(on) - answered) / Nanoseconds));
    }

    private static void Put(FleetNode node, bool on)
    {
        var body = $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"{{(on ? "on" : "off")}}"}""";
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(node.Http, $"/api/v1/flags/{Flag}"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = Fleet.Client.Send(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"the PUT at {node.Name} was answered {(int)answer.StatusCode}");
    }

    private static Section Describe(List<Flip> flips, Fleet fleet, string tables)
    {
        var section = new Section("From a PUT to every program");
        var leader = fleet.Leader();
        section.Row("ms", "p50", "p99", "max", "seen before the answer");
        Row("PUT at the leader, from request to answer", Answers(static (flip, leader) => flip.Node.Name == leader));
        Row("PUT at a follower, from request to answer", Answers(static (flip, leader) => flip.Node.Name != leader));
        Delay("from the answer to a program on the node that answered", static (flip, seenBy, _) => seenBy == flip.Node);
        Delay("from the answer to a program on the leader", static (_, seenBy, leader) => seenBy.Name == leader);
        Delay("from the answer to a program on a follower", static (_, seenBy, leader) => seenBy.Name != leader);
        var all = new Samples(flips.Select(static flip => Math.Max(0, flip.Delays.Values.Max())));
        Row("from the answer to the programs on all three", all, $"{100.0 * flips.Count(static flip => flip.Delays.Values.Max() < 0) / flips.Count:F0} %");

        section.Note($"Three nodes on this machine, tables in {tables}, logs on {LogFileSystem()}; {flips.Count} flips of one flag, by PUT at each node in turn, one after the other. "
            + "A program in C on each table asks all the time, with a sleep of 50 µs (and the timer's slack) in between that is in the figures; "
            + "both clocks are CLOCK_MONOTONIC. A program that saw the change before the client had its answer counts as 0 ms; the last column says how many did.");
        section.Aims.Add(new Aim("flip seen on every table after the PUT's answer, p99", 50, all.Quantile(0.99), "ms"));
        return section;

        Samples Answers(Func<Flip, string, bool> which) => new(flips.Where(flip => which(flip, leader)).Select(static flip => flip.Answer));

        void Row(string name, Samples samples, string before = "") => section.Row(
            name, Samples.Figure(samples.Quantile(0.5), 2), Samples.Figure(samples.Quantile(0.99), 2), Samples.Figure(samples.Max, 2), before);

        void Delay(string name, Func<Flip, FleetNode, string, bool> which)
        {
            var delays = flips.SelectMany(flip => flip.Delays.Where(seen => which(flip, seen.Key, leader)).Select(static seen => seen.Value)).ToArray();
            Row(name, new Samples(delays.Select(static delay => Math.Max(0, delay))), $"{100.0 * delays.Count(static delay => delay < 0) / delays.Length:F0} %");
        }
    }

    private static string LogFileSystem() => DriveInfo.GetDrives()
        .Where(static drive => Path.GetTempPath().StartsWith(drive.Name, StringComparison.Ordinal))
        .MaxBy(static drive => drive.Name.Length)?.DriveFormat ?? "an unknown file system";

    /// <param name="Node">Where the PUT was made.</param>
    /// <param name="Answer">Milliseconds from the request to its answer.</param>
    /// <param name="Delays">Milliseconds from the answer until a program on each node saw the change; negative: before the answer.</param>
    private sealed record Flip(FleetNode Node, double Answer, IReadOnlyDictionary<FleetNode, double> Delays);
}
