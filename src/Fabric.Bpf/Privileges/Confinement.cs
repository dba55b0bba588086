using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Privileges;

/// <summary>
/// What a process keeps of its privileges. They belong to threads, and a runtime has several before the first line of a program
/// runs: so one thread gives up its own and then starts the program anew in the place of this one, and all threads of the new one
/// come from it.
/// </summary>
/// <param name="Keep">Capabilities that are kept where they are held; all others are gone for good.</param>
/// <param name="As">The user to become; null stays who it is.</param>
public sealed record Confinement(CapabilitySet Keep, Account? As)
{
    /// <summary>Set for the program that was started anew: if it had privileges left, trying again would never end.</summary>
    private const string Marker = "FABRIC_CONFINED=1";

    /// <summary>Whether a process that holds this has anything to give up, or somebody to become.</summary>
    public bool IsOpenFor(HeldPrivileges held) =>
        (As is not null && As.User != held.User)
        || !held.Permitted.IsWithin(Keep)
        // Whoever may drop from the bounding set has to; for the others, no new privileges says the same.
        || (!held.Permitted.IsEmpty && !held.NoNewPrivileges);

    /// <summary>Gives up what is not kept and starts this program anew. Returns only when there is nothing to do.</summary>
    /// <exception cref="UnauthorizedAccessException">A file of this process's cannot be removed.</exception>
    /// <exception cref="IOException">It cannot be done; this thread may have lost its privileges already, so the process must end.</exception>
    public void Enter()
    {
        var held = HeldPrivileges.OfThisProcess();
        if (!IsOpenFor(held))
            return;
        var environment = File.ReadAllBytes("/proc/self/environ");
        if (System.Text.Encoding.UTF8.GetString(environment).Split('\0').Contains(Marker))
            throw new IOException($"this process still holds {held.Permitted} as user {held.User}, after it gave up all but {Keep}");
        var arguments = File.ReadAllBytes("/proc/self/cmdline");

        Debugging.RemoveFiles(Path.GetTempPath(), Environment.ProcessId);
        var keep = Keep.And(held.Permitted);
        if (held.Permitted.Has(Capability.SetPcap))
            Credentials.Bound(keep);
        if (As is not null && As.User != held.User)
            Credentials.Become(As);
        Credentials.Hold(keep);
        var path = Environment.ProcessPath ?? throw new IOException("the system does not say which program this is");
        var why = Credentials.Execute(path, arguments, [.. Debugging.Shut(environment), .. System.Text.Encoding.UTF8.GetBytes(Marker), 0]);
        throw new IOException($"cannot start {path} anew: {why}");
    }
}
