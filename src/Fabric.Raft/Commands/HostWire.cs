using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using MessagePack;

namespace Fabric.Raft.Commands;

/// <summary>The list of hosts as bytes, in entries and in snapshots. Read without the limits of today, as definitions are.</summary>
internal static class HostWire
{
    /// <summary>Kinds of a change, beside those of flags; 3 and 4 are of attachments.</summary>
    public const int EnterKind = 5;

    public const int RemoveKind = 6;
    public const int ReplaceKind = 7;
    public const int UnseatKind = 8;
    public const int SeatKind = 9;

    private const int MaxText = 64 * 1024;
    private const int MaxHosts = 1 << 20;

    /// <summary>Writes a change in the shape that changes of flags have: a kind, a name, no condition, and what else it says.</summary>
    public static void Write(ref MessagePackWriter writer, HostChange change)
    {
        writer.WriteArrayHeader(change is HostChange.Remove ? 3 : 4);
        writer.Write(change switch
        {
            HostChange.Enter => EnterKind,
            HostChange.Remove => RemoveKind,
            HostChange.Replace => ReplaceKind,
            HostChange.Unseat => UnseatKind,
            HostChange.Seat => SeatKind,
            _ => throw new InvalidOperationException($"No entry holds a {change.GetType().Name}."),
        });
        writer.Write(change.Name);
        writer.WriteNil();
        switch (change)
        {
            case HostChange.Enter enter:
                writer.WriteArrayHeader(3);
                writer.Write(enter.Http);
                writer.Write((int)enter.Role);
                Wire.Write(ref writer, enter.Identity);
                break;
            case HostChange.Replace replace:
                writer.WriteArrayHeader(2);
                Wire.Write(ref writer, replace.Old);
                Wire.Write(ref writer, replace.New);
                break;
            case HostChange.Unseat unseat:
                writer.WriteArrayHeader(3);
                Wire.Write(ref writer, unseat.Identity);
                VoterWire.Write(ref writer, unseat.Others);
                VoterWire.Write(ref writer, unseat.Next);
                break;
            case HostChange.Seat seat:
                VoterWire.Write(ref writer, seat.Next);
                break;
        }
    }

    /// <summary>Reads what follows the name and the condition.</summary>
    public static HostChange Read(ref MessagePackReader reader, int kind, int elements, string name)
    {
        switch (kind, elements)
        {
            case (EnterKind, 4):
                Wire.ExpectCount(ref reader, 3);
                return new HostChange.Enter(name, Wire.ReadText(ref reader, MaxText), ReadRole(ref reader), Wire.ReadGuid(ref reader));
            case (RemoveKind, 3):
                return new HostChange.Remove(name);
            case (ReplaceKind, 4):
                Wire.ExpectCount(ref reader, 2);
                return new HostChange.Replace(name, Wire.ReadGuid(ref reader), Wire.ReadGuid(ref reader));
            case (UnseatKind, 4):
                Wire.ExpectCount(ref reader, 3);
                return new HostChange.Unseat(name, Wire.ReadGuid(ref reader), VoterWire.ReadSeats(ref reader), VoterWire.ReadSeat(ref reader));
            case (SeatKind, 4):
                return new HostChange.Seat(VoterWire.ReadSeat(ref reader));
            default:
                throw new InvalidDataException($"a change of kind {kind} with {elements} elements is unknown");
        }
    }

    public static void Write(ref MessagePackWriter writer, HostRoster roster)
    {
        // Without a change of voters it is what older builds write and read.
        writer.WriteArrayHeader(roster.Voters is null ? 2 : 3);
        writer.WriteArrayHeader(roster.Hosts.Count);
        foreach (var host in roster.Hosts.Values)
        {
            writer.WriteArrayHeader(5);
            writer.Write(host.Name);
            writer.Write(host.Http);
            writer.Write((int)host.Role);
            Wire.Write(ref writer, host.Identity);
            writer.Write(host.Since);
        }

        var gone = roster.Gone.ToArray();
        writer.WriteArrayHeader(gone.Length);
        foreach (var identity in gone)
            Wire.Write(ref writer, identity);
        if (roster.Voters is { } voters)
            VoterWire.Write(ref writer, voters);
    }

    public static HostRoster ReadRoster(ref MessagePackReader reader)
    {
        var elements = Wire.ReadCount(ref reader, 3);
        if (elements < 2)
            throw new InvalidDataException("its list of hosts is cut short");
        var hosts = new RosterHost[Wire.ReadCount(ref reader, MaxHosts)];
        for (var i = 0; i < hosts.Length; i++)
        {
            Wire.ExpectCount(ref reader, 5);
            hosts[i] = new RosterHost(
                Wire.ReadText(ref reader, MaxText), Wire.ReadText(ref reader, MaxText), ReadRole(ref reader), Wire.ReadGuid(ref reader), reader.ReadInt64());
            if (i > 0 && string.CompareOrdinal(hosts[i - 1].Name, hosts[i].Name) >= 0)
                throw new InvalidDataException("its hosts are not in order");
        }

        var gone = new Guid[Wire.ReadCount(ref reader, MaxHosts)];
        for (var i = 0; i < gone.Length; i++)
            gone[i] = Wire.ReadGuid(ref reader);
        return HostRoster.Restore(hosts, gone, elements == 3 ? VoterWire.ReadList(ref reader) : null);
    }

    private static HostRole ReadRole(ref MessagePackReader reader)
    {
        var role = (HostRole)reader.ReadInt32();
        return Enum.IsDefined(role) ? role : throw new InvalidDataException($"a host's role is {(int)role}, which this build does not know");
    }
}
