using Fabric.Bpf.Privileges;
using Fabric.Bpf.Table;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Cli.Node;

/// <summary>A node of this host that keeps no more privileges than it needs: what takes more is done before anything listens.</summary>
internal static class ConfinedHost
{
    /// <summary>Puts a node together. Where this process may do more than the node needs, it is started anew instead, with less.</summary>
    /// <exception cref="StartFailedException">The privileges cannot be given up, or the node could not work without them.</exception>
    public static NodeParts Parts(NodeOptions options)
    {
        if (!options.KeepCapabilities)
            Confine(options);
        return HostParts.Of(options);
    }

    private static void Confine(NodeOptions options)
    {
        try
        {
            var held = HeldPrivileges.OfThisProcess();
            var confinement = new Confinement(NodePrivileges.For(PortsOf(options)), AccountOf(options, held));
            if (!confinement.IsOpenFor(held))
                return;
            if (held.User == 0)
                Prepare(options, confinement.As ?? Account.Find("0") ?? new Account("root", 0, 0, [0]));
            confinement.Enter();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"privileges cannot be given up: {refused.Message}. With --keep-capabilities the node keeps them all", refused);
        }
    }

    private static Account? AccountOf(NodeOptions options, HeldPrivileges held)
    {
        if (options.User is not { } name)
            return null;
        var account = Account.Find(name) ?? throw new StartFailedException($"--user {name}: this host has no such user");
        return account.User == held.User || held.Permitted.Has(Capability.SetUid)
            ? account
            : throw new StartFailedException($"--user {name}: only root can become another user");
    }

    private static void Prepare(NodeOptions options, Account owner)
    {
        TablePreparation.Prepare(options.Name, options.TablePath, owner);
        var data = Directory.CreateDirectory(options.DataDirectory).FullName;
        if (!Ownership.HandOver(data, owner))
        {
            var other = Account.NameOf(Ownership.Of(data) ?? 0);
            throw new StartFailedException(
                $"--data {options.DataDirectory} belongs to {other}: start the node with --user {other}, or give the folder to {owner.Name} (chown -R)");
        }
    }

    private static IEnumerable<int> PortsOf(NodeOptions options) =>
    [
        .. options.Http.Select(static endpoint => endpoint.Port),
        .. options.Members.Where(member => member.Name == options.Name).Select(static member => member.Raft.Port),
        options.Raft?.Port ?? 0,
    ];
}
