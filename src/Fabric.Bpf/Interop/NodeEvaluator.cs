using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>
/// <c>bpf/flagnode/flagnode.c</c>: the evaluator that programs have, for the node itself. It is loaded from memory, so that
/// it is always the one that this assembly was built with.
/// </summary>
internal static unsafe class NodeEvaluator
{
    private static readonly delegate* unmanaged<Question*, Answer*, int> Entry = Load();

    /// <summary>What <paramref name="question"/>'s table answers; false when changes overtook the read again and again.</summary>
    internal static bool Ask(Question* question, Answer* answer) => Entry(question, answer) == 1;

    private static delegate* unmanaged<Question*, Answer*, int> Load()
    {
        using var stream = typeof(NodeEvaluator).Assembly.GetManifestResourceStream("flagnode.so")!;
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        var fd = Libc.memfd_create("flagnode.so", 0);
        if (fd < 0)
            throw new InvalidOperationException($"cannot load the evaluator: {Libc.LastError()}");
        using (var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true))
        {
            RandomAccess.Write(file, image, 0);
            var library = NativeLibrary.Load($"/proc/self/fd/{fd}");
            return (delegate* unmanaged<Question*, Answer*, int>)NativeLibrary.GetExport(library, "fabric_answer");
        }
    }

    /// <summary>struct flagfabric_attribute.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Attribute
    {
        public byte* Name;
        public uint Type;
        public uint Length;
        public ulong Value;
    }

    /// <summary>struct node_question.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Question
    {
        public byte* Table;
        public byte* Flag;
        public byte* TargetingKey;
        public Attribute* Attributes;
        public nuint Count;
        public ulong UnixNanoseconds;
        public ulong BootNanoseconds;
        public Trace* Trace;
    }

    /// <summary>struct flag_answer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Answer
    {
        public ulong Revision;
        public uint Slot;
        public byte Reason;
        public byte Variant;
        public byte Type;
        public byte Truth;
        public byte Version;
    }

    /// <summary>struct flag_trace_step.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Step
    {
        public ushort At;
        public short Next;
    }

    /// <summary>struct flag_trace_fact.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Fact
    {
        internal const int TextBytes = 64;

        public uint Index;
        public uint Type;
        public uint Bytes;
        public uint Reserved;
        public ulong Bits;
        public fixed byte Text[TextBytes];
    }

    /// <summary>struct flag_trace.</summary>
    [StructLayout(LayoutKind.Sequential, Size = HeadBytes + StepCapacity * 4 + FactCapacity * (24 + Fact.TextBytes))]
    internal struct Trace
    {
        internal const int StepCapacity = 256;
        internal const int FactCapacity = 64;
        private const int HeadBytes = 24;

        public uint StepCount;
        public uint FactCount;
        public uint Bucketed;
        public uint Hash;
        public uint Point;
        public uint Total;

        internal static Step* Steps(Trace* trace) => (Step*)((byte*)trace + HeadBytes);

        internal static Fact* Facts(Trace* trace) => (Fact*)(Steps(trace) + StepCapacity);
    }
}
