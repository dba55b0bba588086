namespace Fabric.Bench.Running;

/// <summary>What is to be run.</summary>
/// <param name="Work">A folder for whatever the run makes; whoever started it removes it.</param>
/// <param name="Quick">Fewer rounds.</param>
/// <param name="Parts">Names of parts; empty for all.</param>
internal sealed record Options(string Work, bool Quick, IReadOnlyList<string> Parts)
{
    internal static readonly string[] PartNames = ["calls", "usage", "peers", "probe", "rules", "verifier", "writes", "flips", "etcd", "fleet", "tree"];

    /// <summary>Hosts without a vote in the part `fleet`.</summary>
    internal int Hosts { get; init; } = 200;

    internal const string Help = """
        usage: bench/run [--quick] [--hosts N] [PART…]

        Parts: calls     a call of the shared door beside Microsoft.FeatureManagement
               usage     what counting adds to a call, in a process and in the kernel
               peers     a plain flag and a rule beside other feature flag libraries
               probe     the kernel's decision beside an empty probe
               rules     what rules cost on top of a plain flag
               verifier  how many instructions the kernel's verifier goes through
               writes    writing one flag among 10 and among 10,000
               flips     from the answer of a PUT to a program's answer, on three nodes
               etcd      writes beside etcd's, three nodes each
               fleet     a write on its way to 200 hosts, and what a voter's end does to them
               tree      a model of 1,000 and 10,000 hosts

        --hosts N: so many hosts in the part `fleet`, 200 by default.
        All parts without --quick and --hosts write bench/RESULTS.md.
        """;

    internal bool Whole => Parts.Count == 0 && !Quick && Hosts == 200;

    /// <summary>A folder on a BPF file system; null where the run has none.</summary>
    internal string? Pins => Directory.Exists(Path.Combine(Work, "bpf")) ? Path.Combine(Work, "bpf") : null;

    /// <summary>A folder that processes count in, in memory where the run may mount one.</summary>
    internal string Usage => Directory.CreateDirectory(Path.Combine(Work, "usage")).FullName;

    /// <summary>A folder for the data of the hosts of a fleet, in memory where the run may mount one: they would share one disk, and real hosts do not.</summary>
    internal string HostsFolder => Directory.CreateDirectory(Path.Combine(Work, "hosts")).FullName;

    internal static Options? Parse(string[] arguments)
    {
        string? work = null;
        var quick = false;
        var hosts = 200;
        var parts = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--work" && i + 1 < arguments.Length)
                work = arguments[++i];
            else if (arguments[i] == "--quick")
                quick = true;
            else if (arguments[i] == "--hosts" && i + 1 < arguments.Length && int.TryParse(arguments[++i], out hosts) && hosts is > 0 and <= 1_000)
                continue;
            else if (PartNames.Contains(arguments[i]))
                parts.Add(arguments[i]);
            else
                return null;
        }

        return work is null ? null : new Options(work, quick, parts) { Hosts = hosts };
    }

    internal bool Wants(string part) => Parts.Count == 0 || Parts.Contains(part);

    internal int Rounds(int whole) => Quick ? Math.Max(5, whole / 10) : whole;
}
