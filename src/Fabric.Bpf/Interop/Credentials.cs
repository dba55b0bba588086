using System.Runtime.InteropServices;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Interop;

/// <summary>
/// What the calling thread may do, and the start of a program that has only that. The kernel keeps all of it for each thread
/// apart; the C library's own functions would change every thread of the process.
/// </summary>
internal static unsafe partial class Credentials
{
    private const int KeepCapabilities = 8;
    private const int DropFromBounding = 24;
    private const int ReadBounding = 23;
    private const int SetNoNewPrivileges = 38;
    private const int Ambient = 47;
    private const int AmbientRaise = 2;
    private const int AmbientClearAll = 4;
    private const nint SetGroupsCall = 116;
    private const nint SetUserCall = 117;
    private const nint SetGroupCall = 119;
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>Becomes another user and keeps its permitted capabilities.</summary>
    /// <exception cref="IOException">It may not.</exception>
    internal static void Become(Account account)
    {
        Check(prctl(KeepCapabilities, 1, 0, 0, 0), "keep capabilities");
        fixed (uint* groups = account.Groups.ToArray())
            Check(Libc.syscall(SetGroupsCall, account.Groups.Count, (nint)groups, 0), "set groups");
        Check(Libc.syscall(SetGroupCall, (nint)account.Group, (nint)account.Group, (nint)account.Group), "set the group");
        Check(Libc.syscall(SetUserCall, (nint)account.User, (nint)account.User, (nint)account.User), "set the user");
    }

    /// <summary>Takes everything but these out of what this thread could ever gain.</summary>
    /// <exception cref="IOException">It may not.</exception>
    internal static void Bound(CapabilitySet keep)
    {
        // The kernel answers an error to the first number that it does not know.
        for (var number = 0; number < 64 && prctl(ReadBounding, (nuint)number, 0, 0, 0) >= 0; number++)
        {
            if (!keep.Has((Capability)number))
                Check(prctl(DropFromBounding, (nuint)number, 0, 0, 0), "bound capabilities");
        }
    }

    /// <summary>Has these and no other, also after the start of a program, whoever the user is.</summary>
    /// <exception cref="IOException">They are not permitted.</exception>
    internal static void Hold(CapabilitySet keep)
    {
        var header = new Header { Version = CapabilityVersion3 };
        var halves = stackalloc Half[2];
        for (var i = 0; i < 2; i++)
        {
            var bits = (uint)(keep.Bits >> (32 * i));
            halves[i] = new Half { Effective = bits, Permitted = bits, Inheritable = bits };
        }

        Check(capset(&header, halves), "set capabilities");
        Check(prctl(Ambient, AmbientClearAll, 0, 0, 0), "clear ambient capabilities");
        for (var number = 0; number < 64; number++)
        {
            if (keep.Has((Capability)number))
                Check(prctl(Ambient, AmbientRaise, (nuint)number, 0, 0), "pass capabilities on");
        }

        Check(prctl(SetNoNewPrivileges, 1, 0, 0, 0), "refuse new privileges");
    }

    /// <summary>Starts a program in the place of this one: same process, same descriptors, none of its threads.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, the first being its own name, each ended by a zero.</param>
    /// <param name="environment">Its variables, each ended by a zero.</param>
    /// <returns>Only when it fails, why.</returns>
    internal static string Execute(string path, byte[] arguments, byte[] environment)
    {
        fixed (byte* argumentBytes = arguments, variableBytes = environment)
        fixed (byte** argumentList = Pointers(argumentBytes, arguments), variableList = Pointers(variableBytes, environment))
            _ = execve(path, argumentList, variableList);
        return Libc.LastError();
    }

    /// <summary>Where each text begins, and a null at the end.</summary>
    private static byte*[] Pointers(byte* first, byte[] texts)
    {
        var pointers = new byte*[texts.Count(static b => b == 0) + 1];
        var (count, start) = (0, 0);
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] != 0)
                continue;
            pointers[count++] = first + start;
            start = i + 1;
        }

        return pointers;
    }

    private static void Check(nint result, string what)
    {
        if (result < 0)
            throw new IOException($"cannot {what}: {Libc.LastError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(Header* header, Half* data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, byte** arguments, byte** environment);

    /// <summary>struct __user_cap_header_struct; process 0 is the calling thread.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Process;
    }

    /// <summary>struct __user_cap_data_struct.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Half
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }
}
