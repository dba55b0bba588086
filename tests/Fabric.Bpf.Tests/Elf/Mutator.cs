using System.Buffers.Binary;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Changes a file here and there, mostly where decisions are made, and takes the changes back.</summary>
internal sealed class Mutator
{
    private const int MaxBlock = 64;

    private readonly byte[] _bytes;
    private readonly byte[] _original;
    private readonly List<(int At, int Bytes)> _regions = [];
    private readonly List<(int At, int Bytes)> _changed = [];

    internal Mutator(byte[] original)
    {
        _original = original;
        _bytes = (byte[])original.Clone();
        _regions.Add((0, 64));
        AddTable(placeAt: 32, sizeAt: 54, countAt: 56);
        AddTable(placeAt: 40, sizeAt: 58, countAt: 60);
        var elf = ElfFile.Read(new MemoryImage(original), ElfRole.Debug);
        // All parts count alike, whatever their sizes: most of a file's bytes decide nothing.
        foreach (var section in elf.Sections.Where(static section => section.Bytes > 0))
            _regions.Add(((int)section.Offset, (int)Math.Min(section.Bytes, 4096)));
        foreach (var name in new[] { ".gopclntab", ".data.rel.ro.gopclntab", ".go.buildinfo", ".go.module", ".note.gnu.build-id", ".gnu_debuglink", ".symtab", ".dynsym" })
        {
            if (elf.Section(name) is { } section)
                _regions.AddRange([((int)section.Offset, (int)Math.Min(section.Bytes, 128)), ((int)section.Offset, (int)section.Bytes)]);
        }
    }

    /// <summary>The file with some changes, until the next call.</summary>
    internal ReadOnlyMemory<byte> Next(Random random)
    {
        foreach (var (at, bytes) in _changed)
            _original.AsSpan(at, bytes).CopyTo(_bytes.AsSpan(at));
        _changed.Clear();
        for (var count = random.Next(1, 6); count > 0; count--)
            Change(random);
        return random.Next(16) == 0 ? _bytes.AsMemory(0, random.Next(_bytes.Length)) : _bytes;
    }

    private void Change(Random random)
    {
        var (from, bytes) = random.Next(20) == 0 ? (0, _bytes.Length) : _regions[random.Next(_regions.Count)];
        var at = from + random.Next(bytes);
        var size = 1 << random.Next(4);
        switch (random.Next(6))
        {
            case 0:
                Touch(at, 1)[0] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                random.NextBytes(Touch(at, 1));
                break;
            case 2 or 3:
                Put(Touch(at / size * size, size), Interesting(random));
                break;
            case 4: // of another part: sections that overlap, tables that are each other's
                var (other, otherBytes) = _regions[random.Next(_regions.Count)];
                var source = (other + random.Next(otherBytes)) / 8 * 8;
                var copied = Math.Min(_bytes.Length - source, random.Next(1, MaxBlock));
                var to = Touch(at / 8 * 8, copied);
                _original.AsSpan(source, to.Length).CopyTo(to);
                break;
            default:
                random.NextBytes(Touch(at, random.Next(1, MaxBlock)));
                break;
        }
    }

    private Span<byte> Touch(int at, int bytes)
    {
        var change = (At: at, Bytes: Math.Min(bytes, _bytes.Length - at));
        _changed.Add(change);
        return _bytes.AsSpan(change.At, change.Bytes);
    }

    private static void Put(Span<byte> to, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..to.Length].CopyTo(to);
    }

    private long Interesting(Random random) => random.Next(12) switch
    {
        0 => 0,
        1 => 1,
        2 => -1,
        3 => long.MaxValue,
        4 => long.MinValue,
        5 => int.MaxValue,
        6 => uint.MaxValue,
        7 => _bytes.Length,
        8 => _bytes.Length - random.Next(100),
        9 => _regions[random.Next(_regions.Count)].At,
        10 => 1L << random.Next(63),
        _ => random.NextInt64(),
    };

    private void AddTable(int placeAt, int sizeAt, int countAt)
    {
        var place = BinaryPrimitives.ReadInt64LittleEndian(_original.AsSpan(placeAt));
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(_original.AsSpan(sizeAt)) * BinaryPrimitives.ReadUInt16LittleEndian(_original.AsSpan(countAt));
        if (bytes > 0)
            _regions.AddRange(Enumerable.Repeat(((int)place, bytes), 4));
    }
}
