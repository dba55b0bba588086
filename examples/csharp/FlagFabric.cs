using System.Runtime.InteropServices;
using System.Text;

namespace FlagFabric;

/// <summary>The library's calls with C#'s types. Copy it; it needs nothing but libflagfabric.so.</summary>
public static partial class Flags
{
    private const string Library = "libflagfabric.so";

    /// <summary>Whether the flag is on for everybody.</summary>
    [LibraryImport(Library, EntryPoint = "is_feature_enabled", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool IsEnabled(string flag);

    /// <summary>Whether the flag is on for one user.</summary>
    [LibraryImport(Library, EntryPoint = "is_feature_enabled_for", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool IsEnabledFor(string flag, string? user);

    /// <summary>The variant's name for a user of whom something is known; null where the program's own default applies.</summary>
    /// <param name="flag">The flag's key.</param>
    /// <param name="user">The targeting key.</param>
    /// <param name="known">What is known: text, truth, whole numbers and others.</param>
    /// <exception cref="ArgumentException">Something known is of another type.</exception>
    public static unsafe string? Variant(string flag, string? user, IReadOnlyDictionary<string, object> known)
    {
        var texts = new List<nint>();
        try
        {
            var attributes = known.Select(one => ToAttribute(one.Key, one.Value, texts)).ToArray();
            fixed (Attribute* first = attributes)
                return Variant(flag, new Context { TargetingKey = Utf8(user, texts), Attributes = first, Count = (nuint)attributes.Length });
        }
        finally
        {
            texts.ForEach(Marshal.FreeCoTaskMem);
        }
    }

    private static unsafe string? Variant(string flag, Context context)
    {
        var name = new byte[64];
        while (true)
        {
            nint length;
            fixed (byte* to = name)
                length = Variant(flag, &context, to, (nuint)name.Length);
            if (length < name.Length)
                return length < 0 ? null : Encoding.UTF8.GetString(name, 0, (int)length);
            name = new byte[length + 1];
        }
    }

    [LibraryImport(Library, EntryPoint = "flagfabric_variant", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint Variant(string flag, Context* context, byte* to, nuint size);

    private static Attribute ToAttribute(string name, object value, List<nint> texts) => value switch
    {
        bool truth => new Attribute { Name = Utf8(name, texts), Type = 1, Boolean = truth ? (byte)1 : (byte)0 },
        int or long => new Attribute { Name = Utf8(name, texts), Type = 2, Integer = Convert.ToInt64(value, null) },
        double number => new Attribute { Name = Utf8(name, texts), Type = 3, Number = number },
        string text => new Attribute { Name = Utf8(name, texts), Type = 4, Length = uint.MaxValue, String = Utf8(text, texts) },
        _ => throw new ArgumentException($"{name} is of a type that no rule can ask for: {value.GetType()}", nameof(value)),
    };

    private static nint Utf8(string? text, List<nint> texts)
    {
        texts.Add(Marshal.StringToCoTaskMemUTF8(text));
        return texts[^1];
    }

    // As flagfabric.h has them.
    [StructLayout(LayoutKind.Explicit)]
    private struct Attribute
    {
        [FieldOffset(0)]
        public nint Name;

        [FieldOffset(8)]
        public uint Type;

        [FieldOffset(12)]
        public uint Length;

        [FieldOffset(16)]
        public byte Boolean;

        [FieldOffset(16)]
        public long Integer;

        [FieldOffset(16)]
        public double Number;

        [FieldOffset(16)]
        public nint String;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Context
    {
        public nint TargetingKey;
        public Attribute* Attributes;
        public nuint Count;
    }
}
