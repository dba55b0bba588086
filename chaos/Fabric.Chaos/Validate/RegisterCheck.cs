using Fabric.Chaos.History;

namespace Fabric.Chaos.Validate;

/// <summary>
/// Whether one key's history is that of a register. Goes through the events in their order and keeps every way in which all so
/// far may have happened; an operation takes its place as late as it can, when it ends or when another needs it. That loses no
/// explanation: whatever can wait can as well come later, but for
/// <list type="bullet">
/// <item>an operation that only looks, which takes its place as soon as it fits, since nobody notices;</item>
/// <item>a write, which may have come unseen right before another one that took its place while it was open;</item>
/// <item>a value that an open operation waits for, which may have to be passed through before the next change.</item>
/// </list>
/// </summary>
internal sealed class RegisterCheck(KeyHistory history, ValueNames values, int initial, CancellationToken timeUp)
{
    /// <summary>Ways that are kept at once; with more, one of them is looked for instead of all.</summary>
    private const int MaxWays = 4_000;

    /// <summary>Steps that one event may take over all ways.</summary>
    private const int MaxStepsAnEvent = 40_000;

    private readonly OpenOperations _open = new();
    private Frontier _ways = new();

    public Verdict Run()
    {
        var operations = Useful();
        return All(operations) ?? new DepthFirstCheck(operations, timeUp).Run(initial) switch
        {
            Verdict.Illegal => new Verdict.Illegal($"key {history.Key}: no order explains its {operations.Count} operations"),
            var verdict => verdict,
        };
    }

    /// <summary>Null where there are too many ways.</summary>
    private Verdict? All(List<Operation> operations)
    {
        _ways.Add(new Configuration(initial, -1, []));
        var events = operations.Select(static operation => (At: operation.Began, Operation: operation, Begins: true))
            .Concat(operations.Where(static operation => operation.Ended != Operation.Never).Select(static operation => (At: operation.Ended, Operation: operation, Begins: false)))
            .OrderBy(static one => one.At);
        foreach (var (at, operation, begins) in events)
        {
            if (timeUp.IsCancellationRequested)
                return new Verdict.Unknown("the time was up");
            if (begins)
            {
                Begin(operation);
                continue;
            }

            var before = _ways;
            if (!End(operation, at))
                return null;
            if (_ways.Count == 0)
                return new Verdict.Illegal(Explain(operation, before));
        }

        return new Verdict.Linearizable();
    }

    /// <summary>A write that may never have taken place explains nothing where nobody who ended after it began looked at its value, or past it.</summary>
    private List<Operation> Useful()
    {
        var looked = new Dictionary<int, int>();
        var missed = -1;
        foreach (var operation in history.Operations)
        {
            if (operation.Kind is OperationKind.Read)
                looked[operation.Value] = Math.Max(looked.GetValueOrDefault(operation.Value), operation.Ended);
            else if (operation.Kind is OperationKind.Swap or OperationKind.PerhapsSwap)
                looked[operation.From] = Math.Max(looked.GetValueOrDefault(operation.From), operation.Ended);
            else if (operation.Kind is OperationKind.Miss)
                missed = Math.Max(missed, operation.Ended);
        }

        return [.. history.Operations.Where(operation => operation.Kind is not (OperationKind.PerhapsWrite or OperationKind.PerhapsSwap)
            || operation.Began < Math.Max(missed, looked.GetValueOrDefault(operation.Value, -1)))];
    }

    private void Begin(Operation operation)
    {
        var slot = _open.Begin(operation);
        if (!operation.OnlyLooks)
            return;
        var next = new Frontier();
        foreach (var way in _ways.All)
            next.Add(operation.Fits(way.Value) ? way.With(way.Value, way.LastWrite, [slot]) : way);
        _ways = next;
    }

    /// <summary>False where there are too many ways.</summary>
    private bool End(Operation operation, int now)
    {
        var slot = _open.SlotOf(operation);
        var next = new Frontier();
        var steps = 0;
        foreach (var way in _ways.All)
        {
            if (way.Has(slot))
                next.Add(way.With(way.Value, way.LastWrite, [], gone: slot));
            else if (!Place(way, operation, slot, now, next, ref steps))
                return false;
            if (next.Count > MaxWays)
                return false;
        }

        _open.End(operation);
        _ways = next;
        return true;
    }

    /// <summary>All ways from here on in which the operation has its place.</summary>
    private bool Place(Configuration from, Operation operation, int slot, int now, Frontier into, ref int steps)
    {
        var seen = new Frontier();
        seen.Add(from);
        var left = new Stack<Configuration>([from]);
        while (left.TryPop(out var way))
        {
            if (timeUp.IsCancellationRequested || ++steps > MaxStepsAnEvent)
                return false;
            if (way.Has(slot))
            {
                into.Add(way.With(way.Value, way.LastWrite, [], gone: slot));
                continue;
            }

            // Unseen, right before a write that took its place while this one was open.
            if (operation.Kind == OperationKind.Write && operation.Began < way.LastWrite)
                into.Add(way);
            foreach (var move in Moves(way, slot))
            {
                var after = Take(way, move, now);
                if (seen.Add(after))
                    left.Push(after);
            }
        }

        return true;
    }

    private Configuration Take(Configuration way, int move, int now)
    {
        var operation = _open.At(move);
        var held = operation.Value;
        var looks = _open.Certain.Where(slot => !way.Has(slot) && _open.At(slot) is { OnlyLooks: true } look && look.Fits(held));
        var lastWrite = operation.Kind is OperationKind.Write or OperationKind.PerhapsWrite ? now : way.LastWrite;
        return way.With(held, lastWrite, looks.Append(move));
    }

    /// <summary>The changes that can take their place next and are of any use: the operation itself, and what others wait for.</summary>
    private IEnumerable<int> Moves(Configuration way, int slot)
    {
        var waiting = Wanted(way);
        foreach (var other in _open.Certain)
        {
            var operation = _open.At(other);
            if (operation.OnlyLooks || way.Has(other) || !operation.Fits(way.Value))
                continue;
            if (other == slot || operation.Kind == OperationKind.Swap || waiting.Want(operation.Value))
                yield return other;
        }

        foreach (var other in _open.PerhapsSwaps)
        {
            if (!way.Has(other) && _open.At(other) is var operation && operation.Fits(way.Value) && operation.Value != way.Value && waiting.Want(operation.Value))
                yield return other;
        }

        foreach (var value in waiting.Anything ? _open.PerhapsValues.Union(waiting.Values) : waiting.Values)
        {
            if (waiting.Want(value) && _open.PerhapsWriteOf(value, way) is >= 0 and var other)
                yield return other;
        }
    }

    private Wants Wanted(Configuration way)
    {
        var values = new HashSet<int>();
        var anything = false;
        var hides = false;
        foreach (var slot in _open.Certain)
        {
            if (way.Has(slot))
                continue;
            var operation = _open.At(slot);
            if (operation.Kind == OperationKind.Read)
                values.Add(operation.Value);
            else if (operation.Kind == OperationKind.Swap)
                values.Add(operation.From);
            else if (operation.Kind == OperationKind.Miss)
                anything = true;
            else
                hides |= operation.Began >= way.LastWrite;
        }

        if (hides)
            values.Add(way.Value);

        // What only a swap without an outcome can lead to has to be led up to.
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var slot in _open.PerhapsSwaps)
            {
                if (!way.Has(slot) && (anything || values.Contains(_open.At(slot).Value)))
                    grown |= values.Add(_open.At(slot).From);
            }
        }

        return new Wants(way.Value, values, anything);
    }

    /// <summary>
    /// Values that an open operation waits for; a miss waits for anything but what is held. What is held is wanted where a write
    /// that leads to it again would hide another one that is still open.
    /// </summary>
    private readonly record struct Wants(int Held, HashSet<int> Values, bool Anything)
    {
        public bool Want(int value) => Values.Contains(value) || (Anything && value != Held);
    }

    private string Explain(Operation operation, Frontier before)
    {
        var held = before.All.Select(static way => way.Value).Distinct().Take(5).Select(values.TextOf);
        var what = operation.Kind switch
        {
            OperationKind.Read => $"read {values.TextOf(operation.Value)}",
            OperationKind.Swap => $"changed {values.TextOf(operation.From)} to {values.TextOf(operation.Value)}",
            OperationKind.Miss => $"found something else than {values.TextOf(operation.From)}",
            _ => $"wrote {values.TextOf(operation.Value)}",
        };
        return $"key {history.Key}: the operation of line {operation.Line} {what}, which no order explains; it may have held {string.Join(" or ", held)}";
    }
}
