using System.Collections.Immutable;

namespace Fabric.Node.Fleet;

/// <summary>Waits for the hosts that this one knows of at first or second hand.</summary>
internal sealed class FleetReach(FleetView fleet)
{
    /// <summary>All hosts, when each that is connected has a revision in its table, or the time is up.</summary>
    public async Task<ImmutableArray<HostProgress>> ReachAsync(long revision, CancellationToken timeUp)
    {
        while (true)
        {
            var version = fleet.Since(long.MaxValue).Version;
            var hosts = fleet.All();
            if (timeUp.IsCancellationRequested || hosts.All(host => host.Table >= revision || !host.Connected))
                return hosts;
            try
            {
                await fleet.WaitAsync(version, timeUp);
            }
            catch (OperationCanceledException)
            {
                // One last look, for what has moved meanwhile.
            }
        }
    }
}
