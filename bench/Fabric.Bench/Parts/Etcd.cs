using System.Globalization;
using System.Text;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>Writes at the leader of three nodes, beside etcd on the same disk by the same client.</summary>
internal static class Etcd
{
    private const int Keys = 64;
    private static readonly int[] Clients = [1, 16, 64];

    internal static Section Run(Options options)
    {
        using var fleet = Fleet.Start(options);
        using var etcd = EtcdCluster.Start(options);
        using var client = new EtcdClient();
        var leader = fleet.Nodes.Single(node => node.Name == fleet.Leader());
        var body = Encoding.UTF8.GetBytes(Definitions.On);

        Task Ours(int i) => PutAsync(leader, i, body);
        Task Theirs(int i) => client.PutAsync(etcd.Endpoints[0], Key(i), Definitions.On);

        var time = TimeSpan.FromSeconds(options.Quick ? 1 : 4);
        _ = (WriteLoad.Run(16, time, Ours), WriteLoad.Run(16, time, Theirs));
        var section = new Section("Writes beside etcd");
        section.Row("clients", "", "p50 ms", "p99 ms", "writes/s");
        foreach (var clients in Clients)
            Compare(section, clients, Rounds(options, clients, time, Ours, Theirs));
        section.Note($"Three nodes each, on this machine and its two cores, folders on the same disk, all running at once while each is asked in turn, {RoundsOf(options)} rounds a figure. "
            + $"A write puts one of {Keys} keys with a value of {Definitions.On.Length} bytes at the leader, and is answered when a majority has it on disk. "
            + $"The client is the same program and HTTP library: Fabric is asked by HTTP/1.1 and JSON, etcd {EtcdCluster.Version()} by gRPC. Fabric also checks and compiles the flag, and writes it into three tables.");
        return section;
    }

    private static int RoundsOf(Options options) => options.Quick ? 1 : 3;

    /// <summary>In turn, so that what else runs on the machine meets both.</summary>
    private static (WriteLoad Ours, WriteLoad Theirs) Rounds(Options options, int clients, TimeSpan time, Func<int, Task> ours, Func<int, Task> theirs)
    {
        var rounds = Enumerable.Range(0, RoundsOf(options))
            .Select(_ => (Ours: WriteLoad.Run(clients, time, ours), Theirs: WriteLoad.Run(clients, time, theirs))).ToArray();
        return (WriteLoad.Of([.. rounds.Select(static round => round.Ours)]), WriteLoad.Of([.. rounds.Select(static round => round.Theirs)]));
    }

    private static void Compare(Section section, int clients, (WriteLoad Ours, WriteLoad Theirs) loads)
    {
        Row("Fabric", loads.Ours);
        Row("etcd", loads.Theirs);
        var (ours, theirs) = loads;
        section.Aims.Add(new Aim($"p50 of a write by etcd's, {clients} clients", 0.8, ours.Milliseconds.Median / theirs.Milliseconds.Median, "times"));
        section.Aims.Add(new Aim($"p99 of a write by etcd's, {clients} clients", 1.0, ours.Milliseconds.Quantile(0.99) / theirs.Milliseconds.Quantile(0.99), "times"));
        section.Aims.Add(new Aim($"writes a second by etcd's, {clients} clients", 2.0, ours.PerSecond / theirs.PerSecond, "times", AtLeast: true));

        void Row(string name, WriteLoad load) => section.Row(
            $"{clients}", name, Samples.Figure(load.Milliseconds.Median, 2), Samples.Figure(load.Milliseconds.Quantile(0.99), 2), load.PerSecond.ToString("F0", CultureInfo.InvariantCulture));
    }

    private static string Key(int i) => $"bench-{i % Keys}";

    private static async Task PutAsync(FleetNode node, int i, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await Fleet.Client.PutAsync(new Uri(node.Http, $"/api/v1/flags/{Key(i)}"), content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"the PUT at {node.Name} was answered {(int)answer.StatusCode}");
        _ = await answer.Content.ReadAsByteArrayAsync();
    }
}
