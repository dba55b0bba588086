using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Tests.Table;

/// <summary>The C evaluator over a table's memory.</summary>
internal static unsafe partial class Evaluator
{
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

    internal const int NotFound = 0, Static = 1, TargetingMatch = 2, Default = 3, Disabled = 4;

    [LibraryImport("evaluator", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int evaluate(byte* table, string flag, string? key, out Answer answer);

    internal static Answer Evaluate(FlagTable table, string flag, string? key = null)
    {
        Assert.Equal(1, evaluate(table.Memory.Bytes, flag, key, out var answer));
        return answer;
    }

    [ModuleInitializer]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(Evaluator).Assembly, static (name, _, _) =>
        name == "evaluator" ? NativeLibrary.Load(Repository.Native("libevaluator.so")) : 0);
}
