namespace Fabric.Chaos.CrashPoints;

/// <summary>A snapshot that has rotted on the disk in a way that only its checksum tells.</summary>
internal static class SpoiltSnapshot
{
    /// <summary>Makes one digit of a flag's value another in the newest snapshot; false where there is none with a flag.</summary>
    public static bool Make(string data)
    {
        var folder = Path.Combine(data, "snapshots");
        var newest = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.snapshot").Max(StringComparer.Ordinal) : null;
        if (newest is null)
            return false;
        var bytes = File.ReadAllBytes(newest);
        var value = bytes.AsSpan().IndexOf("\"v\":"u8);
        if (value < 0)
            return false;
        var digit = value + "\"v\":"u8.Length;
        bytes[digit] = bytes[digit] == (byte)'9' ? (byte)'1' : (byte)(bytes[digit] + 1);
        File.WriteAllBytes(newest, bytes);
        return true;
    }
}
