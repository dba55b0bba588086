using System.Runtime.InteropServices;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>A node as a process: from its start to its exit code.</summary>
public static class NodeProgram
{
    private const int Ok = 0;
    private const int Failed = 1;

    /// <summary>
    /// Runs a node until it is told to stop, by a signal or by the token. A second signal cuts the waits for clients and for
    /// another leader short; nothing that was acknowledged depends on them.
    /// </summary>
    /// <param name="options">Sound ones: <see cref="NodeOptions.Problems"/> is empty.</param>
    /// <param name="parts">What the node is put together from.</param>
    /// <param name="output">Gets one line that starts with <c>ready</c>, once writes are accepted.</param>
    /// <param name="errors">Gets the reason when the node cannot start.</param>
    /// <param name="token">Stops the node as a signal does.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(NodeOptions options, NodeParts parts, TextWriter output, TextWriter errors, CancellationToken token)
    {
        var service = new ServiceManager();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var hurry = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await using var host = await NodeHost.StartAsync(options, parts, stop.Token);
            await host.WaitUntilReadyAsync(stop.Token);
            var table = await host.TablePathAsync(stop.Token);
            await output.WriteLineAsync($"ready name={options.Name} http={string.Join(',', host.Addresses.Select(Bare))} table={table}");
            await output.FlushAsync(stop.Token);
            service.Ready();
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await host.LeaveAsync(hurry.Token);
            return Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Ok;
        }
        catch (Exception cannot) when (cannot is StartFailedException or LogUnusableException)
        {
            await errors.WriteLineAsync($"fabric node: {cannot.Message}");
            return Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            // The default would end the process before requests in flight have their answers.
            signal.Cancel = true;
            if (stop.IsCancellationRequested)
                hurry.Cancel();
            service.Stopping();
            stop.Cancel();
        }
    }

    private static string Bare(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
