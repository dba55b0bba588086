namespace Fabric.Chaos.Faults;

/// <summary>A node that takes a snapshot every few entries, and drops the entries before: who is behind gets snapshots.</summary>
internal sealed class SmallSnapshots(Arena arena) : Fault(arena)
{
    private const string Option = "--entries-per-snapshot";

    internal override Task BeginAsync()
    {
        var host = Arena.AnyVoter();
        Hosts = [host];
        return host.RestartAsync(options: [Option, $"{5 + Arena.Random.Next(40)}"]);
    }

    /// <summary>It stays so until the node is started again for another reason.</summary>
    internal override Task EndAsync() => Task.CompletedTask;
}
