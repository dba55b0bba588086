using Fabric.Flags.Changes;

namespace Fabric.Raft.Commands;

/// <summary>What an entry of the log says.</summary>
internal abstract record Command
{
    private Command() { }

    /// <summary>Settles the fabric. The first one wins; any later one changes nothing.</summary>
    /// <param name="Identity">Who the fabric is and what it holds.</param>
    /// <param name="OperationsRemembered">Length of the ledger: in the log, since hosts that differ in it would diverge.</param>
    public sealed record Bootstrap(FabricIdentity Identity, int OperationsRemembered) : Command;

    /// <summary>Changes flags.</summary>
    public sealed record Change(ChangeSet Changes) : Command;
}

/// <summary>What decoding bytes came to.</summary>
internal abstract record Decoded
{
    private Decoded() { }

    public sealed record Entry(Command Command) : Decoded;

    /// <summary>The bytes say nothing that this version understands.</summary>
    public sealed record Undecodable(string Because) : Decoded;
}
