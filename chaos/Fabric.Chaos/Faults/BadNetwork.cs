using System.Diagnostics;
using System.Globalization;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>A share of a host's frames is lost.</summary>
internal sealed class Lossy(Arena arena) : Fault(arena)
{
    internal override Task BeginAsync()
    {
        var (host, percent) = (Arena.AnyHost(), 5 + Arena.Random.Next(35));
        Hosts = [host];
        Detail["percent"] = percent;
        return Arena.Lab.Network.LoseAsync(this, host.Plan, percent);
    }

    internal override Task EndAsync() => Arena.Lab.Network.HealAsync(this);
}

/// <summary>What a host sends comes late, and not always in order.</summary>
internal sealed class Delayed(Arena arena) : Fault(arena)
{
    private Process? _delay;

    internal override async Task BeginAsync()
    {
        var (host, milliseconds) = (Arena.AnyHost(), 10 + Arena.Random.Next(120));
        Hosts = [host];
        Detail["milliseconds"] = milliseconds;
        _delay = Arena.Lab.StartHelper("nsenter", $"--net={Network.FileOf(Arena.Lab.Network.SpaceOf(host.Plan))}", Arena.Lab.Programs.Delay,
            milliseconds.ToString(CultureInfo.InvariantCulture), (milliseconds / 2).ToString(CultureInfo.InvariantCulture));
        await Arena.Lab.Network.QueueAsync(host.Plan, on: true);
    }

    internal override async Task EndAsync()
    {
        await Arena.Lab.Network.QueueAsync(Hosts[0].Plan, on: false);
        if (_delay!.HasExited)
            throw new HarnessException($"packets were not delayed: {await _delay.StandardError.ReadToEndAsync()}");
        _delay.Kill();
        await _delay.WaitForExitAsync();
        _delay.Dispose();
    }
}

/// <summary>All connections of some hosts break, again and again.</summary>
internal sealed class Reset(Arena arena) : Fault(arena)
{
    private volatile bool _over;
    private Task _resetting = Task.CompletedTask;

    internal override Task BeginAsync()
    {
        Hosts = [Arena.LeaderOrAny(), Arena.AnyHost()];
        _resetting = ResetAsync();
        return Task.CompletedTask;
    }

    internal override async Task EndAsync()
    {
        _over = true;
        await _resetting;
    }

    private async Task ResetAsync()
    {
        while (!_over)
        {
            foreach (var host in Hosts)
                await Arena.Lab.Network.ResetAsync(host.Plan);
            await Task.Delay(300 + Arena.Random.Next(300));
        }
    }
}
