using System.Buffers.Binary;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Go's table in each form that it has had, of which the compiler of this machine makes but one.</summary>
public sealed class GoFormTests
{
    /// <summary>Where a table says its code begins.</summary>
    public enum Says
    {
        InTheTable,
        ByARelocation,
        InTheModule,
    }

    [Theory]
    [InlineData(0xffff_fffau, Says.InTheTable)] // Go 1.16 and 1.17
    [InlineData(0xffff_fff0u, Says.InTheTable)] // Go 1.18 and 1.19
    [InlineData(0xffff_fff0u, Says.ByARelocation)]
    [InlineData(0xffff_fff1u, Says.InTheTable)] // Go 1.20 and later
    [InlineData(0xffff_fff1u, Says.ByARelocation)]
    [InlineData(0xffff_fff1u, Says.InTheModule)] // Go 1.26 and later
    public void A_function_is_found_in_every_form_of_the_table(uint form, Says says)
    {
        var elf = ElfFile.Read(new MemoryImage(Program(form, says, out var code)));
        var table = GoTable.Of(elf)!;
        Assert.Equal(["main.f", "main.fast", "x_cgo_init"], table.Functions().Select(function => table.Names.At(function.Name)!));

        var found = FunctionFinder.Find(elf, "main.f", files: null);
        Assert.Equal(new ElfSymbol((ulong)code, 16), found.Symbol);
        Assert.True(found.IsGo);
        Assert.Equal(6, RetFinder.Delta(elf, found.Symbol, found.Symbol.Address, found.Others));
        Assert.False(FunctionFinder.Find(elf, "x_cgo_init", files: null).IsGo);
        if (form != 0xffff_fffa)
            Assert.Equal(ElfProblem.NotCode, Assert.Throws<ElfRefusedException>(() => FunctionFinder.Find(elf, "main.fast", files: null)).Problem);
    }

    [Theory]
    [InlineData(0xffff_fff2u)] // of a Go to come
    [InlineData(0xffff_fffbu)] // Go 1.2 to 1.15
    public void A_table_of_an_unknown_form_is_not_read(uint form) =>
        Assert.Null(GoTable.Of(ElfFile.Read(new MemoryImage(Program(form, Says.InTheTable, out _)))));

    /// <summary>A library for Go 1.20 whose table has three functions: Go's, Go's assembly and C's.</summary>
    internal static byte[] Program(uint form, Says says, out int code)
    {
        var builder = new ElfBuilder();
        var text = new byte[48];
        Convert.FromHexString("b8c3000000 90 c3".Replace(" ", "", StringComparison.Ordinal)).CopyTo(text, 0);
        code = builder.Add(".text", 1, text);
        var table = Table(form, says == Says.InTheTable ? code : 0, code);
        var place = builder.Add(".gopclntab", 1, table);
        if (says == Says.ByARelocation)
            builder.Add(".rela.dyn", 4, Relocation(place + 24, code));
        if (says == Says.InTheModule)
            builder.Add(".go.module", 1, Words([.. new long[22], code]));
        var information = new byte[48];
        " Go buildinf:"u8.CopyTo(information.AsSpan(1));
        (information[14], information[15]) = (8, 2);
        information[0] = 0xff;
        information[32] = 6;
        "go1.20"u8.CopyTo(information.AsSpan(33));
        builder.Add(".go.buildinfo", 1, information);
        return builder.Build();
    }

    private static byte[] Table(uint form, long text, long code)
    {
        var first = form == 0xffff_fffa;
        var names = "main.f\0main.fast\0x_cgo_init\0"u8.ToArray();
        var namesAt = first ? 64 : 72;
        var functionsAt = (namesAt + names.Length + 7) / 8 * 8;
        var (entryBytes, aboutBytes) = (first ? 16 : 8, 56);
        var aboutAt = 4 * entryBytes;
        var table = new byte[functionsAt + aboutAt + 3 * aboutBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(table, form);
        (table[6], table[7]) = (1, 8);
        long[] head = first ? [3, 0, namesAt, 0, 0, 0, functionsAt] : [3, 0, text, namesAt, 0, 0, 0, functionsAt];
        Words(head).CopyTo(table, 8);
        names.CopyTo(table, namesAt);
        int[] nameAt = [0, 7, 17];
        for (var i = 0; i <= 3; i++)
        {
            var entry = table.AsSpan(functionsAt + i * entryBytes);
            var about = aboutAt + i * aboutBytes;
            if (first)
                Words([code + 16 * i, i < 3 ? about : 0]).CopyTo(entry);
            else
                Words([(uint)(16 * i) | (i < 3 ? (long)about << 32 : 0)]).CopyTo(entry);
            if (i < 3)
                About(table.AsSpan(functionsAt + about), form, nameAt[i], isAssembly: i == 1, isForeign: i == 2);
        }

        return table;
    }

    private static void About(Span<byte> about, uint form, int name, bool isAssembly, bool isForeign)
    {
        var at = form == 0xffff_fffa ? 4 : 0; // it begins with the whole address, and not with how far it is
        BinaryPrimitives.WriteInt32LittleEndian(about[(at + 4)..], name);
        BinaryPrimitives.WriteInt32LittleEndian(about[(at + 16)..], isForeign ? 0 : 1);
        if (isAssembly && form != 0xffff_fffa)
            about[form == 0xffff_fff1 ? 41 : 37] = 4;
    }

    private static byte[] Relocation(long place, long value) => Words([place, 8, value]);

    private static byte[] Words(ReadOnlySpan<long> words)
    {
        var bytes = new byte[words.Length * 8];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), words[i]);
        return bytes;
    }
}
