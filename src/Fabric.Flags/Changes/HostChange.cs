using System.Collections.Immutable;
using System.Net;
using System.Text;
using Fabric.Flags.Hosts;

namespace Fabric.Flags.Changes;

/// <summary>One change of the list of hosts, part of a <see cref="ChangeSet"/>.</summary>
/// <param name="Name">The host.</param>
public abstract record HostChange(string Name)
{
    /// <summary>
    /// Enters a host that is connected, or says where it is now. It changes nothing where it would take a vote from a
    /// voter's identity or bring a removed identity back: many hosts are entered at once, and one must not hinder the others.
    /// </summary>
    public sealed record Enter(string Name, string Http, HostRole Role, Guid Identity) : HostChange(Name);

    /// <summary>Takes an observer out. Its identity never comes back.</summary>
    public sealed record Remove(string Name) : HostChange(Name);

    /// <summary>Takes a voter's vote from one identity and gives it to another, in one step: older builds wrote it.</summary>
    /// <param name="Name">The voter.</param>
    /// <param name="Old">The identity that has it.</param>
    /// <param name="New">The identity that is to have it.</param>
    public sealed record Replace(string Name, Guid Old, Guid New) : HostChange(Name);

    /// <summary>Takes the vote of one of three voters. Two are left until <see cref="Seat"/> gives it to the next.</summary>
    /// <param name="Name">The voter that loses its vote.</param>
    /// <param name="Identity">The identity that has it.</param>
    /// <param name="Others">The two that keep theirs.</param>
    /// <param name="Next">Who is to get it; the same name with another identity where a voter has lost its folder.</param>
    public sealed record Unseat(string Name, Guid Identity, ImmutableArray<VoterSeat> Others, VoterSeat Next) : HostChange(Name);

    /// <summary>Gives the free vote to whom <see cref="Unseat"/> has named.</summary>
    public sealed record Seat(VoterSeat Next) : HostChange(Next.Name);

    /// <summary>What forbids the change by itself.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (Encoding.UTF8.GetByteCount(Name) is 0 or > Limits.HostNameBytes)
            yield return new Problem("/name", $"a host's name has 1 to {Limits.HostNameBytes} bytes");
        if (this is Enter enter && Encoding.UTF8.GetByteCount(enter.Http) > Limits.HostAddressBytes)
            yield return new Problem("/http", $"a host's address has at most {Limits.HostAddressBytes} bytes");
        foreach (var seat in this is Unseat unseat ? [.. unseat.Others, unseat.Next] : this is Seat one ? [one.Next] : Array.Empty<VoterSeat>())
        {
            if (Encoding.UTF8.GetByteCount(seat.Name) is 0 or > Limits.HostNameBytes || !IPEndPoint.TryParse(seat.Raft, out var raft) || raft.Port == 0
                || Encoding.UTF8.GetByteCount(seat.Http) > Limits.HostAddressBytes)
                yield return new Problem("/voters", $"\"{seat.Name}\" cannot vote at {seat.Raft} and {seat.Http}");
        }
    }
}
