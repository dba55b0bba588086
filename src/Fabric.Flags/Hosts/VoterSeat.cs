using System.Collections.Immutable;

namespace Fabric.Flags.Hosts;

/// <summary>A voter as the others reach it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Raft">The address and port at which it speaks Raft.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Identity">The identity of the data folder that has the vote.</param>
public sealed record VoterSeat(string Name, string Raft, string Http, Guid Identity);

/// <summary>The voters since one was replaced for the first time; before that they are those with which the fabric began.</summary>
/// <param name="Since">The revision from which on they are the voters.</param>
/// <param name="Seats">Three; two of them while a vote changes hands.</param>
/// <param name="Awaits">While there are two: who is to be the third.</param>
public sealed record VoterList(long Since, ImmutableArray<VoterSeat> Seats, VoterSeat? Awaits)
{
    /// <summary>Voters of a fabric that has more than one.</summary>
    public const int Whole = 3;

    /// <summary>The host has a vote.</summary>
    public bool Has(string name) => Seats.Any(seat => seat.Name == name);
}
