using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>A voter that is cut off and back again, several times a second.</summary>
internal sealed class Flapping(Arena arena) : Fault(arena)
{
    private volatile bool _over;
    private Task _flapping = Task.CompletedTask;

    internal override Task BeginAsync()
    {
        var host = Arena.AnyVoter();
        Hosts = [host];
        _flapping = FlapAsync(Cut.Isolated(Arena, host));
        return Task.CompletedTask;
    }

    internal override async Task EndAsync()
    {
        _over = true;
        await _flapping;
        await Arena.Lab.Network.HealAsync(this);
    }

    private async Task FlapAsync((HostPlan, HostPlan)[] pairs)
    {
        while (!_over)
        {
            await Arena.Lab.Network.CutAsync(this, pairs);
            await Task.Delay(100 + Arena.Random.Next(400));
            await Arena.Lab.Network.HealAsync(this);
            await Task.Delay(100 + Arena.Random.Next(300));
        }
    }
}
