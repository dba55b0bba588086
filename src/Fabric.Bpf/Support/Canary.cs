using System.Text;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Support;

/// <summary>A function of our own, in a file that has no name, whose answer tells whether it was overridden.</summary>
internal sealed unsafe class Canary : IDisposable
{
    /// <summary>What the function answers by itself: neither true nor false.</summary>
    internal const uint OwnAnswer = 42;

    /// <summary>A first call takes a trap where later ones take a call.</summary>
    private const int Calls = 3;

    private readonly RegularFile _file;
    private readonly PrivatePage _page;

    private Canary(RegularFile file, PrivatePage page)
    {
        _file = file;
        _page = page;
    }

    /// <summary>The entry of libflagfabric's functions, and a body: mov eax, 42; ret.</summary>
    private static ReadOnlySpan<byte> Code =>
    [
        0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0,
        0x0f, 0x1f, 0x44, 0, 0,
        0xb8, (byte)OwnAnswer, 0, 0, 0,
        0xc3,
    ];

    /// <summary>The override program with a table that holds the one flag.</summary>
    /// <exception cref="BpfRefusedException">The kernel refuses it.</exception>
    internal static OverrideProgram Load() => CanaryTable.Load(mayOverride: true);

    /// <exception cref="IOException">There is no file, or it cannot be mapped as code.</exception>
    internal static Canary Make()
    {
        var content = new byte[ElfFile.PageBytes];
        Code.CopyTo(content);
        var file = RegularFile.InMemory("fabric-canary", content);
        if (PrivatePage.Map(file.Handle, 0, executable: true) is { } page)
            return new Canary(file, page);
        file.Dispose();
        throw new IOException($"cannot map code: {Libc.LastError()}");
    }

    /// <summary>Attaches, asks and detaches; null when every answer is as it should be.</summary>
    /// <exception cref="BpfRefusedException">It cannot be attached.</exception>
    internal string? WhyNot(OverrideProgram program)
    {
        if (Ask(CanaryTable.Flag) is var before and not OwnAnswer)
            return $"before it was attached, the function answered {before} and not {OwnAnswer}";
        using (Attach(program))
        {
            for (var call = 1; call <= Calls; call++)
            {
                if (Ask(CanaryTable.Flag) is var known and not 1)
                    return $"while it was attached, the function answered {known} and not 1, in call {call}";
                if (Ask("fabric-canary-unknown") is var unknown and not OwnAnswer)
                    return $"for a flag that is not there, the function answered {unknown} and not {OwnAnswer}, in call {call}";
            }
        }

        return Ask(CanaryTable.Flag) is var after and not OwnAnswer
            ? $"after it was detached, the function answered {after} and not {OwnAnswer}"
            : null;
    }

    internal UprobeLink Attach(OverrideProgram program, bool withKey = false)
    {
        var site = ProbeSite.Choose(Code, 0, Uprobes.Optimisation());
        var target = new ElfTarget(site.Skip, Code.Length - 1 - site.Skip, site.Kind, IsGo: false, BuildId: null);
        return program.Attach(_file, target, go: false, withKey);
    }

    internal uint Ask(string flag)
    {
        fixed (byte* name = Encoding.ASCII.GetBytes($"{flag}\0"))
            return Ask(name, null);
    }

    /// <summary>Calls the function; its body reads neither argument.</summary>
    internal uint Ask(byte* flag, byte* key) => ((delegate* unmanaged<byte*, byte*, uint>)_page.Bytes)(flag, key);

    public void Dispose()
    {
        _page.Dispose();
        _file.Dispose();
    }
}
