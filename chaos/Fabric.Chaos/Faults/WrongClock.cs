using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>A host's calendar jumps an hour ahead and back again, while the node runs.</summary>
internal sealed class WrongClock(Arena arena) : Fault(arena)
{
    private const string Library = "libfaketimeMT.so.1";
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
            ["LD_PRELOAD"] = Find(),
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

    /// <summary>Below /usr/lib, in a folder of the machine's architecture.</summary>
    private static string Find() =>
        Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(static folder => Path.Combine(folder, "faketime", Library)).FirstOrDefault(File.Exists)
        ?? throw new HarnessException($"{Library} is missing; it is in Debian's package faketime");
}
