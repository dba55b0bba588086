namespace Fabric.Flags.Changes;

/// <summary>Who made a change set, when and from where. Settled before it is proposed, so that all hosts remember the same.</summary>
/// <param name="At">Milliseconds since 1970, by the leader's clock when it took the set; 0 while no leader has taken it.</param>
/// <param name="Node">The node that was asked for it.</param>
/// <param name="Address">The address of whoever asked; null where it is not known.</param>
/// <param name="Actor">Who it was by their own words, since nothing proves it; null where they said nothing. At most <see cref="Limits.ActorBytes"/>.</param>
public sealed record Origin(long At, string Node, string? Address, string? Actor);
