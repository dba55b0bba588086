using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>A host that has lost its data folder.</summary>
internal sealed class Wiped(Arena arena, Func<Arena, Host> whom) : Fault(arena)
{
    internal override async Task BeginAsync()
    {
        Hosts = [whom(Arena)];
        await Hosts[0].KillAsync();
    }

    internal override async Task EndAsync()
    {
        Emptied = true;
        Detail["back"] = await EmptyFolder.BringBackAsync(Arena, Hosts[0]);
    }
}

/// <summary>A host that is taken out of the fabric and joins it anew.</summary>
internal sealed class Removed(Arena arena) : Fault(arena)
{
    internal override async Task BeginAsync()
    {
        var host = Arena.Lab.Hosts.LastOrDefault(static host => !host.Plan.Voter) ?? Arena.AnyVoter();
        Hosts = [host];
        await host.KillAsync();
        if (host.Plan.Voter)
            return;
        Detail["removed"] = await RemoveAsync(host.Name);
    }

    /// <summary>By whoever takes it; where nobody does, the host only joins anew.</summary>
    private async Task<bool> RemoveAsync(string name)
    {
        foreach (var voter in Arena.Lab.Voters)
        {
            try
            {
                using var answer = await voter.Client.DeleteAsync(new Uri(voter.Plan.Url, $"/api/v1/cluster/hosts/{name}"));
                if (answer.IsSuccessStatusCode)
                    return true;
            }
            catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
            {
                // The next is asked.
            }
        }

        return false;
    }

    internal override async Task EndAsync()
    {
        Emptied = true;
        Detail["back"] = await EmptyFolder.BringBackAsync(Arena, Hosts[0]);
    }
}
