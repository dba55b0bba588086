using System.Runtime.InteropServices;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Interop;

/// <summary>The C library's list of users, from wherever the host has it.</summary>
internal static unsafe partial class Accounts
{
    private const int MaxGroups = 1024;

    /// <summary>By its name, or by its number where that is given.</summary>
    internal static Account? Find(string name, uint? number)
    {
        var found = number is { } user ? getpwuid(user) : getpwnam(name);
        if (found is null)
            return null;
        var (text, id, group) = (Marshal.PtrToStringUTF8((nint)found->Name)!, found->User, found->Group);
        var groups = stackalloc uint[MaxGroups];
        var count = MaxGroups;
        // With more groups than that, the user's own one is what is left.
        var known = getgrouplist(text, group, groups, &count) >= 0 ? new ReadOnlySpan<uint>(groups, count).ToArray() : [group];
        return new Account(text, id, group, known);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Entry* getpwnam(string name);

    [LibraryImport("libc")]
    private static partial Entry* getpwuid(uint user);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getgrouplist(string user, uint group, uint* groups, int* count);

    /// <summary>struct passwd, up to what is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public byte* Name;
        public byte* Password;
        public uint User;
        public uint Group;
    }
}
