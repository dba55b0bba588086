using System.Buffers.Binary;
using System.Text;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>
/// A file made by hand: one segment that holds all of it, to be read, written and run at the addresses that are its
/// offsets, and whatever sections are wanted.
/// </summary>
internal sealed class ElfBuilder
{
    private const int First = 0x1000;
    private const int Align = 0x40;

    private readonly List<(string Name, uint Type, byte[] Bytes, int Link)> _sections = [("", 0, [], 0)];

    /// <summary>Where the next section will be.</summary>
    internal int Next { get; private set; } = First;

    /// <summary>Adds a section and returns its address.</summary>
    internal int Add(string name, uint type, byte[] bytes, int link = 0)
    {
        var at = Next;
        _sections.Add((name, type, bytes, link));
        Next = (at + bytes.Length + Align - 1) / Align * Align;
        return at;
    }

    /// <summary>How many sections there are: the next one's index.</summary>
    internal int Count => _sections.Count;

    internal byte[] Build()
    {
        var names = new MemoryStream();
        var places = new List<int>();
        foreach (var name in _sections.Select(static section => section.Name).Append(".shstrtab"))
        {
            places.Add((int)names.Position);
            names.Write(Encoding.ASCII.GetBytes(name + "\0"));
        }

        Add(".shstrtab", 3, names.ToArray());
        var image = new byte[Next + 64 * _sections.Count];
        WriteHead(image);
        var at = First;
        for (var i = 0; i < _sections.Count; i++)
        {
            var (_, type, bytes, link) = _sections[i];
            var entry = image.AsSpan(Next + 64 * i, 64);
            if (i > 0)
            {
                bytes.CopyTo(image, at);
                BinaryPrimitives.WriteInt32LittleEndian(entry, places[i]);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], type);
                BinaryPrimitives.WriteInt64LittleEndian(entry[16..], at);
                BinaryPrimitives.WriteInt64LittleEndian(entry[24..], at);
                BinaryPrimitives.WriteInt64LittleEndian(entry[32..], bytes.Length);
                BinaryPrimitives.WriteInt32LittleEndian(entry[40..], link);
                at = (at + bytes.Length + Align - 1) / Align * Align;
            }
        }

        return image;
    }

    private void WriteHead(byte[] image)
    {
        Convert.FromHexString("7f454c46020101").CopyTo(image, 0);
        U16(16, 3);
        U16(18, 62);
        U64(32, 64);
        U64(40, Next);
        U16(54, 56);
        U16(56, 1);
        U16(58, 64);
        U16(60, _sections.Count);
        U16(62, _sections.Count - 1);
        U16(64, 1);
        U16(68, 7);
        U64(96, Next);
        U64(104, Next);

        void U16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), (ushort)value);
        void U64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);
    }
}
