namespace Fabric.Chaos.Faults;

/// <summary>Somebody takes a host's table from its place: the node puts it back, and programs have their answers meanwhile.</summary>
internal sealed class LostTable(Arena arena) : Fault(arena)
{
    internal override Task BeginAsync()
    {
        var host = Arena.AnyHost();
        Hosts = [host];
        File.Delete(host.Table);
        return Task.CompletedTask;
    }

    internal override Task EndAsync() => Tables.ComeBackAsync(Hosts[0], Detail);
}

/// <summary>The file system that the table is in is taken away, and another is put there.</summary>
internal sealed class LostBpfFolder(Arena arena) : Fault(arena)
{
    internal override Task BeginAsync()
    {
        var host = Arena.AnyHost();
        Hosts = [host];
        return host.UnmountBpfAsync();
    }

    internal override async Task EndAsync()
    {
        await Hosts[0].MountBpfAsync();
        await Tables.ComeBackAsync(Hosts[0], Detail);
    }
}
