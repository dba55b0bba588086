using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>A file by the number that its file system keeps it by; of a file in an overlay, that of the file below.</summary>
internal static unsafe class FileHandle
{
    private const int MaxBytes = 128;
    private const int EmptyPath = 0x1000;

    /// <summary>A handle that need not be good for opening: file systems give it that give no other. Linux 6.5 and later.</summary>
    private const int ForIdentity = 0x200;

    private const int OverlayType = 0xf8;

    /// <summary>Where in an overlay's handle that of the file below begins: padding, struct ovl_fb.</summary>
    private const int Below = 3 + 5 + 16;

    private const int TypeOfBelow = 3 + 4;

    /// <summary>Empty where the file system or the kernel gives none.</summary>
    internal static byte[] Of(RegularFile file)
    {
        var handle = new Raw { Bytes = MaxBytes };
        int mount;
        var error = Libc.name_to_handle_at((int)file.Handle.DangerousGetHandle(), "", &handle, &mount, EmptyPath | ForIdentity);
        GC.KeepAlive(file);
        if (error != 0)
            return [];
        var bytes = new ReadOnlySpan<byte>(handle.Content, (int)handle.Bytes);
        return handle.Type == OverlayType && bytes.Length > Below
            ? [bytes[TypeOfBelow], .. bytes[Below..]]
            : [(byte)handle.Type, .. bytes];
    }

    /// <summary>struct file_handle.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Raw
    {
        public uint Bytes;
        public int Type;
        public fixed byte Content[MaxBytes];
    }
}
