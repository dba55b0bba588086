using System.Diagnostics;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>A network of its own behind one cable, which can be made slow in both directions. Needs root.</summary>
internal sealed class SlowLink : IDisposable
{
    private const string Inside = "eth0";

    private readonly string _space = $"fabric-slow-{Environment.ProcessId}";
    private readonly string _outside = $"slow{Environment.ProcessId}";
    private readonly string _prefix = $"198.18.{Environment.ProcessId % 250}";

    internal SlowLink()
    {
        Run("ip", "netns", "add", _space);
        Run("ip", "link", "add", "name", _outside, "type", "veth", "peer", "name", Inside, "netns", _space);
        Run("ip", "address", "add", $"{Near}/24", "dev", _outside);
        Run("ip", "link", "set", _outside, "up");
        Run("ip", "-n", _space, "address", "add", $"{Far}/24", "dev", Inside);
        Run("ip", "-n", _space, "link", "set", "lo", "up");
        Run("ip", "-n", _space, "link", "set", Inside, "up");
    }

    /// <summary>This machine's address on the cable.</summary>
    internal string Near => $"{_prefix}.1";

    /// <summary>The address of whoever runs behind it.</summary>
    internal string Far => $"{_prefix}.2";

    /// <summary>What a command is run under to be behind it.</summary>
    internal IReadOnlyList<string> Wrapper => ["nsenter", $"--net=/run/netns/{_space}"];

    /// <summary>Bytes that have gone through it to the far side so far.</summary>
    internal long Sent => long.Parse(File.ReadAllText($"/sys/class/net/{_outside}/statistics/tx_bytes"), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>From now on it carries so much in each direction; frames wait for up to half a second, as in a common router.</summary>
    internal void Shape(int megabits)
    {
        string[] discipline = ["root", "tbf", "rate", $"{megabits}mbit", "burst", "32kb", "latency", "500ms"];
        Run(["tc", "qdisc", "replace", "dev", _outside, .. discipline]);
        Run(["ip", "netns", "exec", _space, "tc", "qdisc", "replace", "dev", Inside, .. discipline]);
    }

    /// <summary>It is as fast as it was again.</summary>
    internal void Unshape()
    {
        Run("tc", "qdisc", "delete", "dev", _outside, "root");
        Run("ip", "netns", "exec", _space, "tc", "qdisc", "delete", "dev", Inside, "root");
    }

    /// <summary>The cable goes with its network.</summary>
    public void Dispose()
    {
        Run("ip", "link", "delete", _outside);
        Run("ip", "netns", "delete", _space);
    }

    private static void Run(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)} exited with {process.ExitCode}");
    }
}
