using System.Globalization;

namespace Fabric.Bpf.Privileges;

/// <summary>What a thread may do, as the kernel tells of it in <c>/proc</c>.</summary>
/// <param name="User">The effective user id.</param>
/// <param name="Effective">Capabilities that count right now.</param>
/// <param name="Permitted">Capabilities that it can make effective.</param>
/// <param name="Bounding">Capabilities that it could gain by starting a program.</param>
/// <param name="NoNewPrivileges">No program that it starts gains anything by its file's mode.</param>
public sealed record HeldPrivileges(uint User, CapabilitySet Effective, CapabilitySet Permitted, CapabilitySet Bounding, bool NoNewPrivileges)
{
    /// <summary>This process's main thread; the others have the same, since they come from it.</summary>
    /// <exception cref="IOException">There is no <c>/proc</c>.</exception>
    public static HeldPrivileges OfThisProcess() => Read(File.ReadAllText("/proc/self/status"));

    /// <summary>Reads the text of a <c>status</c> file.</summary>
    /// <exception cref="IOException">A line is missing.</exception>
    internal static HeldPrivileges Read(string status)
    {
        var lines = status.Split('\n').Select(static line => line.Split(':', 2)).Where(static parts => parts.Length == 2)
            .ToDictionary(static parts => parts[0], static parts => parts[1].Trim(), StringComparer.Ordinal);
        return new HeldPrivileges(
            uint.Parse(Line("Uid").Split('\t')[1], CultureInfo.InvariantCulture), Set("CapEff"), Set("CapPrm"), Set("CapBnd"), Line("NoNewPrivs") == "1");

        string Line(string name) => lines.GetValueOrDefault(name) ?? throw new IOException($"the kernel does not tell {name} of this process");

        CapabilitySet Set(string name) => new(ulong.Parse(Line(name), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
