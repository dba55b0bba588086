namespace Fabric.Chaos.Validate;

/// <summary>
/// One way in which everything up to now may have happened: what the register holds, and which of the operations that are
/// open have taken their place already.
/// </summary>
internal sealed class Configuration : IEquatable<Configuration>
{
    private readonly ulong[] _placed;
    private readonly int _hash;

    public Configuration(int value, int lastWrite, ulong[] placed)
    {
        (Value, LastWrite, _placed) = (value, lastWrite, placed);
        var hash = new HashCode();
        hash.Add(value);
        var end = placed.Length;
        while (end > 0 && placed[end - 1] == 0)
            end--;
        for (var i = 0; i < end; i++)
            hash.Add(placed[i]);
        _hash = hash.ToHashCode();
    }

    /// <summary>What the register holds.</summary>
    public int Value { get; }

    /// <summary>
    /// Where the last write took its place. A write that was open then may just as well have come right before it, unseen.
    /// Of two ways that are alike otherwise, the one with the later last write can do whatever the other can.
    /// </summary>
    public int LastWrite { get; }

    public bool Has(int slot) => slot / 64 < _placed.Length && (_placed[slot / 64] & (1UL << (slot % 64))) != 0;

    /// <summary>The same with these operations placed, or no more open.</summary>
    public Configuration With(int value, int lastWrite, IEnumerable<int> placed, int gone = -1)
    {
        var slots = placed.ToArray();
        var words = slots.Length == 0 ? _placed.Length : Math.Max(_placed.Length, (slots.Max() / 64) + 1);
        var next = new ulong[words];
        _placed.CopyTo(next, 0);
        foreach (var slot in slots)
            next[slot / 64] |= 1UL << (slot % 64);
        if (gone >= 0 && gone / 64 < next.Length)
            next[gone / 64] &= ~(1UL << (gone % 64));
        return new Configuration(value, lastWrite, next);
    }

    /// <summary>Equal but for the last write.</summary>
    public bool Equals(Configuration? other)
    {
        if (other is null || other.Value != Value || other._hash != _hash)
            return false;
        var most = Math.Max(_placed.Length, other._placed.Length);
        for (var i = 0; i < most; i++)
        {
            if ((i < _placed.Length ? _placed[i] : 0) != (i < other._placed.Length ? other._placed[i] : 0))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Configuration);

    public override int GetHashCode() => _hash;
}
