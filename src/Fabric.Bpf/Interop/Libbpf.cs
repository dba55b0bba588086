using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>The functions of libbpf that Fabric calls; 1.1 has them all. Negative results are -errno.</summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "libbpf.so.1";

    [LibraryImport(Library)]
    internal static partial nint bpf_object__open_mem(byte* bytes, nuint length, void* options);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint obj);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint obj);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(nint obj, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(nint obj, string name);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint obj, nint previous);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_value_size(nint map, uint size);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_autocreate(nint map, [MarshalAs(UnmanagedType.U1)] bool autocreate);

    [LibraryImport(Library)]
    internal static partial int bpf_map__reuse_fd(nint map, int fd);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial void* bpf_map__initial_value(nint map, nuint* size);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_expected_attach_type(nint program, int type);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_log_buf(nint program, byte* buffer, nuint size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map_create(uint type, string name, uint keySize, uint valueSize, uint maxEntries, MapCreateOptions* options);

    [LibraryImport(Library)]
    internal static partial int bpf_map_freeze(int fd);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_pin(int fd, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_get(string path);

    [LibraryImport(Library)]
    internal static partial int bpf_prog_test_run_opts(int program, TestRunOptions* options);

    [LibraryImport(Library)]
    internal static partial int bpf_obj_get_info_by_fd(int fd, void* info, uint* length);

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(delegate* unmanaged<int, byte*, void*, int> print);

    /// <summary>struct bpf_test_run_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TestRunOptions
    {
        public nuint Size;
        public void* DataIn;
        public void* DataOut;
        public uint DataSizeIn;
        public uint DataSizeOut;
        public void* ContextIn;
        public void* ContextOut;
        public uint ContextSizeIn;
        public uint ContextSizeOut;
        public uint ReturnValue;
        public int Repeat;
        public uint Duration;
        public uint Flags;
        public uint Cpu;
        public uint BatchSize;
    }

    /// <summary>struct bpf_map_create_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapCreateOptions
    {
        public nuint Size;
        public uint BtfFd;
        public uint BtfKeyType;
        public uint BtfValueType;
        public uint BtfVmlinuxValueType;
        public uint InnerMap;
        public uint Flags;
        public ulong Extra;
        public uint NumaNode;
        public uint Interface;
    }

    /// <summary>The head of struct bpf_prog_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ProgramInfo
    {
        public uint Type;
        public uint Id;
        public ulong Tag;
    }

    /// <summary>The head of struct bpf_map_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapInfo
    {
        public uint Type;
        public uint Id;
        public uint KeySize;
        public uint ValueSize;
        public uint MaxEntries;
        public uint MapFlags;
        public fixed byte Name[16];
    }
}
