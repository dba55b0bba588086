using System.Diagnostics;

namespace Fabric.Bench.Running;

/// <summary>Three nodes of etcd on free ports of this machine, as Debian ships it, with folders beside those of Fabric's nodes.</summary>
internal sealed class EtcdCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["e1", "e2", "e3"];

    private readonly List<Process> _processes = [];

    private EtcdCluster(IReadOnlyList<Uri> endpoints) => Endpoints = endpoints;

    /// <summary>Where clients ask, the leader first.</summary>
    internal IReadOnlyList<Uri> Endpoints { get; private set; }

    internal static string Version()
    {
        using var process = Process.Start(new ProcessStartInfo("etcd", "--version") { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadLine()!.Split(": ")[^1];
    }

    internal static EtcdCluster Start(Options options)
    {
        var ports = Ports.Free(Names.Length * 2);
        var clients = Names.Select((_, i) => $"http://127.0.0.1:{ports[i]}").ToArray();
        var peers = Names.Select((_, i) => $"http://127.0.0.1:{ports[Names.Length + i]}").ToArray();
        var cluster = new EtcdCluster([.. clients.Select(static client => new Uri(client))]);
        try
        {
            for (var i = 0; i < Names.Length; i++)
            {
                cluster.StartNode(options, i,
                [
                    "--name", Names[i], "--data-dir", Path.Combine(options.Work, Names[i]),
                    "--listen-client-urls", clients[i], "--advertise-client-urls", clients[i],
                    "--listen-peer-urls", peers[i], "--initial-advertise-peer-urls", peers[i],
                    "--initial-cluster", string.Join(',', Names.Select((name, k) => $"{name}={peers[k]}")), "--initial-cluster-state", "new",
                    "--log-level", "error",
                ]);
            }

            cluster.PutLeaderFirst();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private void StartNode(Options options, int i, string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("etcd", arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = options.Work,
        })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    private void PutLeaderFirst()
    {
        using var client = new EtcdClient();
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            foreach (var endpoint in Endpoints)
            {
                if (client.IsLeaderAsync(endpoint).Result is true)
                {
                    Endpoints = [endpoint, .. Endpoints.Where(other => other != endpoint)];
                    return;
                }
            }

            Thread.Sleep(50);
        }

        throw new TimeoutException("etcd did not elect a leader");
    }
}
