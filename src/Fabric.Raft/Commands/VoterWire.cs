using System.Collections.Immutable;
using Fabric.Flags.Hosts;
using MessagePack;

namespace Fabric.Raft.Commands;

/// <summary>Voters as bytes, in entries and in snapshots.</summary>
internal static class VoterWire
{
    private const int MaxText = 64 * 1024;

    public static void Write(ref MessagePackWriter writer, ImmutableArray<VoterSeat> seats)
    {
        writer.WriteArrayHeader(seats.Length);
        foreach (var seat in seats)
            Write(ref writer, seat);
    }

    public static void Write(ref MessagePackWriter writer, VoterList list)
    {
        writer.WriteArrayHeader(3);
        writer.Write(list.Since);
        Write(ref writer, list.Seats);
        if (list.Awaits is { } next)
            Write(ref writer, next);
        else
            writer.WriteNil();
    }

    public static ImmutableArray<VoterSeat> ReadSeats(ref MessagePackReader reader)
    {
        var seats = ImmutableArray.CreateBuilder<VoterSeat>();
        for (var left = Wire.ReadCount(ref reader, VoterList.Whole); left > 0; left--)
            seats.Add(ReadSeat(ref reader));
        return seats.ToImmutable();
    }

    public static VoterList ReadList(ref MessagePackReader reader)
    {
        Wire.ExpectCount(ref reader, 3);
        return new VoterList(reader.ReadInt64(), ReadSeats(ref reader), reader.TryReadNil() ? null : ReadSeat(ref reader));
    }

    public static void Write(ref MessagePackWriter writer, VoterSeat seat)
    {
        writer.WriteArrayHeader(4);
        writer.Write(seat.Name);
        writer.Write(seat.Raft);
        writer.Write(seat.Http);
        Wire.Write(ref writer, seat.Identity);
    }

    public static VoterSeat ReadSeat(ref MessagePackReader reader)
    {
        Wire.ExpectCount(ref reader, 4);
        return new VoterSeat(Wire.ReadText(ref reader, MaxText), Wire.ReadText(ref reader, MaxText), Wire.ReadText(ref reader, MaxText), Wire.ReadGuid(ref reader));
    }
}
