using Iced.Intel;

namespace Fabric.Bpf.Elf;

/// <summary>
/// Finds the instruction by which an overridden call returns. At a `ret` nothing but the stack pointer matters, and at
/// a function's entry that is where a `ret` wants it: so any `ret` of the same mapping serves. One of the function's
/// own is taken where there is one, since that is what a debugger expects to see.
/// </summary>
internal static class RetFinder
{
    /// <summary>Bytes of one function that are decoded at most.</summary>
    private const int MaxFunctionBytes = 1 << 20;

    /// <summary>What looking at a function costs, in bytes that are decoded.</summary>
    private const int CostOfOne = 32;

    /// <summary>Bytes of other functions that are decoded at most in search of a `ret`.</summary>
    private const int MaxOtherBytes = 4 << 20;

    /// <summary>The distance from <paramref name="attachPoint"/> to a `ret`, never a multiple of a page.</summary>
    /// <param name="elf">The file.</param>
    /// <param name="function">The function whose call is overridden.</param>
    /// <param name="attachPoint">Where the probe is.</param>
    /// <param name="others">Functions that may lend their `ret`.</param>
    /// <exception cref="ElfRefusedException">There is none within reach.</exception>
    internal static int Delta(ElfFile elf, ElfSymbol function, ulong attachPoint, IEnumerable<ElfSymbol> others)
    {
        var code = elf.CodeAt(function.Address) ?? throw NotFound();
        // Assembly often leaves its functions without an extent; another one's beginning is then the end.
        if (function.Bytes == 0)
            function = function with { Bytes = ElfSymbols.NextAfter(elf, code, function.Address) - function.Address };
        var budget = MaxFunctionBytes;
        if (Find(elf, code, function, attachPoint, ref budget) is { } own)
            return own;

        budget = MaxOtherBytes;
        foreach (var other in others)
        {
            // Whatever is decoded, each costs a read.
            if ((budget -= CostOfOne) <= 0)
                break;
            if (other.Address != function.Address && code.Holds(other.Address) && Find(elf, code, other, attachPoint, ref budget) is { } found)
                return found;
        }

        throw NotFound();
    }

    private static int? Find(ElfFile elf, ElfSegment code, ElfSymbol function, ulong attachPoint, ref int budget)
    {
        var bytes = Math.Min(function.Bytes, code.End - function.Address);
        bytes = Math.Min(bytes, (ulong)budget);
        var reader = new ImageReader(elf.Image, code.OffsetOf(function.Address), (int)bytes);
        var decoder = Decoder.Create(64, reader, function.Address, DecoderOptions.None);
        while (reader.Left > 0)
        {
            decoder.Decode(out var instruction);
            // Whatever follows bytes that are no instruction is not known to be one either.
            if (instruction.IsInvalid)
                break;
            if (instruction is { Code: Code.Retnq, Length: 1 } && Reach(attachPoint, instruction.IP) is { } delta)
            {
                budget -= (int)bytes - reader.Left;
                return delta;
            }
        }

        budget -= (int)bytes - reader.Left;
        return null;
    }

    /// <summary>
    /// The kernel's program tells by the place within its page that an instruction pointer is still where the probe is,
    /// so the two must not lie at the same one.
    /// </summary>
    private static int? Reach(ulong from, ulong to)
    {
        var delta = (long)(to - from);
        return delta == (int)delta && delta % ElfFile.PageBytes != 0 ? (int)delta : null;
    }

    private static ElfRefusedException NotFound() =>
        new(ElfProblem.NoReturn, "the code", "it has no return instruction that an overridden call could go on at");

    /// <summary>The bytes of one function, read a piece at a time.</summary>
    private sealed class ImageReader(IImage image, long offset, int bytes) : CodeReader
    {
        private readonly byte[] _piece = new byte[1024];
        private int _at;
        private int _end;

        /// <summary>Bytes that the decoder has not taken.</summary>
        internal int Left { get; private set; } = bytes;

        public override int ReadByte()
        {
            if (Left == 0 || (_at == _end && !Refill()))
            {
                Left = 0;
                return -1;
            }

            Left--;
            return _piece[_at++];
        }

        private bool Refill()
        {
            _at = 0;
            _end = Math.Min(_piece.Length, Left);
            if (!image.TryRead(offset, _piece.AsSpan(0, _end)))
                return false;
            offset += _end;
            return true;
        }
    }
}
