namespace Fabric.Chaos.Faults;

/// <summary>A host's calendar jumps an hour ahead and back again, while the node runs.</summary>
internal sealed class WrongClock(Arena arena) : Fault(arena)
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    private static readonly string[] Jumps = ["+3600", "-3600", "+0"];
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1500);

    internal override async Task BeginAsync()
    {
        var host = Arena.AnyHost();
        Hosts = [host];
        var file = Path.Combine(Path.GetDirectoryName(host.Log)!, $"clock-{host.Name}");
        await File.WriteAllTextAsync(file, "+0\n");
        await host.RestartAsync(new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        });
        foreach (var jump in Jumps)
        {
            await Task.Delay(Between);
            await File.WriteAllTextAsync(file, jump + "\n");
        }
    }

    internal override async Task EndAsync()
    {
        foreach (var host in Hosts)
            await host.RestartAsync();
    }
}
