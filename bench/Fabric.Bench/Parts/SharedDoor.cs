using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>
/// The shared door from C#: the flag's name as a UTF-8 literal, the key as a string that is converted for each call.
/// Without SuppressGCTransition: a call that finds its table replaced opens the new one, which is input and output.
/// </summary>
public unsafe partial class SharedDoor
{
    [GlobalSetup]
    public void SetUp()
    {
        Cases.WarmUp(Plain, Cases.KeyCount);
        Cases.WarmUp(Rollout, Cases.KeyCount / 4);
    }

    [Benchmark(OperationsPerInvoke = Cases.KeyCount)]
    public int Plain()
    {
        var on = 0;
        fixed (byte* flag = "new-checkout-flow"u8)
        {
            for (var i = 0; i < Cases.KeyCount; i++)
                on += is_feature_enabled(flag);
        }

        return on;
    }

    [Benchmark(OperationsPerInvoke = Cases.KeyCount)]
    public int Rollout()
    {
        var on = 0;
        var keys = Cases.Keys;
        fixed (byte* flag = "faster-search"u8)
        {
            for (var i = 0; i < Cases.KeyCount; i++)
                on += is_feature_enabled_for(flag, keys[i]);
        }

        return on;
    }

    /// <summary>Makes the library read this table; before its first call.</summary>
    internal static void Use(string table)
    {
        NativeLibrary.SetDllImportResolver(typeof(SharedDoor).Assembly, static (name, assembly, path) =>
            name == "flagfabric" ? NativeLibrary.Load(Repository.Dist("libflagfabric.so")) : NativeLibrary.Load(name, assembly, path));
        // The library reads the environment of the process, of which .NET has a copy of its own.
        if (setenv("FABRIC_TABLE", table, 1) != 0)
            throw new InvalidOperationException("cannot set FABRIC_TABLE");
    }

    [LibraryImport("flagfabric")]
    private static partial byte is_feature_enabled(byte* flag);

    [LibraryImport("flagfabric", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte is_feature_enabled_for(byte* flag, string key);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
