namespace Fabric.Node.Membership;

/// <summary>How a host stands to the fabric, as it says itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Identity">Its data folder's identity.</param>
/// <param name="Votes">It has taken part in votes with this folder, or is about to.</param>
/// <param name="Fabric">The fabric whose log it has; null where it has none.</param>
/// <param name="Voters">The identities by which it knows the voters.</param>
/// <param name="Gone">It knows that the identity of whoever asks was taken out of the fabric.</param>
internal sealed record StandingWire(string Name, Guid Identity, bool Votes, Guid? Fabric, IReadOnlyDictionary<string, Guid> Voters, bool Gone)
{
    /// <summary>The revision of the list of voters by which it lives; 0 while that is the one with which the fabric began.</summary>
    public long VotersSince { get; init; }

    /// <summary>Where it speaks Raft, or would; null where it cannot.</summary>
    public string? Raft { get; init; }

    /// <summary>How far it has applied the log.</summary>
    public long Applied { get; init; }

    /// <summary>Whoever runs it prefers it to others as a voter.</summary>
    public bool Preferred { get; init; }

    /// <summary>It has never belonged to a fabric.</summary>
    public bool IsNew => !Votes && Fabric is null;

    /// <summary>It says that the vote of this identity was given to another.</summary>
    /// <param name="name">Whose vote it was.</param>
    /// <param name="identity">The identity that had it.</param>
    /// <param name="since">By which list of voters that one lives: an older one says nothing against it.</param>
    public bool Denies(string name, Guid identity, long since) =>
        Gone || (Votes && VotersSince > since && (!Voters.TryGetValue(name, out var known) || known != identity));
}
