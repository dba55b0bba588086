namespace Fabric.Chaos.Faults;

/// <summary>
/// The majority changes hands without ever being whole: one voter is paused, another killed, then the paused one goes on and the
/// third is paused while the killed one comes back. What only two of them had must be there all along.
/// </summary>
internal sealed class PauseKill(Arena arena) : Fault(arena)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1200);

    internal override async Task BeginAsync()
    {
        var voters = Arena.Voters();
        Hosts = voters;
        var (killed, second, paused) = (voters[0], voters[1], voters[2]);
        paused.Freeze();
        await Task.Delay(Step);
        await killed.KillAsync();
        paused.Thaw();
        await Task.Delay(Step);
        second.Freeze();
        killed.Start();
        await Task.Delay(Step);
        second.Thaw();
    }

    internal override Task EndAsync() => Task.CompletedTask;
}
