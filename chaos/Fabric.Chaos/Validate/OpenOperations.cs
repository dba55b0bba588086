using Fabric.Chaos.History;

namespace Fabric.Chaos.Validate;

/// <summary>The operations that have begun and not ended, each in a slot; slots of those that end are used again.</summary>
internal sealed class OpenOperations
{
    private readonly List<Operation?> _slots = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<Operation, int> _where = new(ReferenceEqualityComparer.Instance);

    // Writes that may never have taken place stay open for ever: found by what they write, in the order in which they began.
    private readonly Dictionary<int, List<int>> _perhaps = [];
    private readonly List<int> _perhapsSwaps = [];
    private readonly HashSet<int> _certain = [];

    public int SlotOf(Operation operation) => _where[operation];

    public Operation At(int slot) => _slots[slot]!;

    /// <summary>Slots of those that have an end.</summary>
    public IReadOnlyCollection<int> Certain => _certain;

    public IReadOnlyList<int> PerhapsSwaps => _perhapsSwaps;

    /// <summary>Values that writes without an outcome may have written.</summary>
    public IEnumerable<int> PerhapsValues => _perhaps.Keys;

    /// <summary>The first of the writes of a value without an outcome that is not placed yet: they are all alike. Negative where there is none.</summary>
    public int PerhapsWriteOf(int value, Configuration way)
    {
        foreach (var slot in _perhaps.GetValueOrDefault(value, []))
        {
            if (!way.Has(slot))
                return slot;
        }

        return -1;
    }

    public int Begin(Operation operation)
    {
        var slot = _free.Count > 0 ? _free.Pop() : _slots.Count;
        if (slot == _slots.Count)
            _slots.Add(null);
        _slots[slot] = operation;
        _where[operation] = slot;
        switch (operation.Kind)
        {
            case OperationKind.PerhapsWrite:
                if (!_perhaps.TryGetValue(operation.Value, out var alike))
                    _perhaps[operation.Value] = alike = [];
                alike.Add(slot);
                break;
            case OperationKind.PerhapsSwap:
                _perhapsSwaps.Add(slot);
                break;
            default:
                _certain.Add(slot);
                break;
        }

        return slot;
    }

    public void End(Operation operation)
    {
        if (!_where.Remove(operation, out var slot))
            return;
        _certain.Remove(slot);
        _slots[slot] = null;
        _free.Push(slot);
    }
}
