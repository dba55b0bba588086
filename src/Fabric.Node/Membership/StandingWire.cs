namespace Fabric.Node.Membership;

/// <summary>How a voter stands to the fabric, as it says itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Identity">Its data folder's identity.</param>
/// <param name="Votes">It has taken part in votes with this folder, or is about to.</param>
/// <param name="Fabric">The fabric whose log it has; null where it has none.</param>
/// <param name="Voters">The identities by which it knows the voters.</param>
/// <param name="Gone">It knows that the identity of whoever asks was taken out of the fabric.</param>
internal sealed record StandingWire(string Name, Guid Identity, bool Votes, Guid? Fabric, IReadOnlyDictionary<string, Guid> Voters, bool Gone)
{
    /// <summary>It has never belonged to a fabric.</summary>
    public bool IsNew => !Votes && Fabric is null;
}
