using Fabric.Chaos.History;

namespace Fabric.Chaos.Validate;

/// <summary>
/// Looks for one order that explains everything, by the algorithm of Wing and Gong with Lowe's memory: places an operation
/// that nothing forbids, goes on, and takes it back where that leads nowhere; what was tried once is not tried again. Quick to
/// find an explanation where many operations overlap, and slow to see that there is none.
/// </summary>
internal sealed class DepthFirstCheck
{
    private const int Nobody = -1;

    /// <summary>States remembered at most.</summary>
    private const int MaxSeen = 2_000_000;

    private readonly IReadOnlyList<Operation> _operations;
    private readonly CancellationToken _timeUp;

    // Events in their order as a list that is linked both ways; those of operations that are placed are taken out.
    private readonly int[] _next, _previous, _begin, _end, _operationOf;
    private readonly UInt128[] _names;
    private readonly HashSet<(UInt128 Placed, int Held)> _seen = [];
    private readonly Stack<(int Operation, int Held, bool Forced)> _placed = new();
    private int _left;

    /// <param name="operations">One key's, in the order in which they began.</param>
    /// <param name="timeUp">Ends the search.</param>
    public DepthFirstCheck(IReadOnlyList<Operation> operations, CancellationToken timeUp)
    {
        (_operations, _timeUp) = (operations, timeUp);
        var events = operations.SelectMany(static (operation, i) => operation.Ended == Operation.Never
                ? new[] { (At: operation.Began, Operation: i, Begins: true) }
                : [(At: operation.Began, Operation: i, Begins: true), (At: operation.Ended, Operation: i, Begins: false)])
            .OrderBy(static one => one.At).ToArray();
        // Event 0 is the head of the list.
        (_next, _previous, _operationOf) = (new int[events.Length + 2], new int[events.Length + 2], new int[events.Length + 2]);
        (_begin, _end, _names) = (new int[operations.Count], new int[operations.Count], new UInt128[operations.Count]);
        Array.Fill(_end, Nobody);
        for (var i = 0; i <= events.Length + 1; i++)
            (_next[i], _previous[i], _operationOf[i]) = (i + 1, i - 1, Nobody);
        for (var i = 0; i < events.Length; i++)
        {
            _operationOf[i + 1] = events[i].Operation;
            (events[i].Begins ? _begin : _end)[events[i].Operation] = i + 1;
        }

        var random = new Random(1);
        for (var i = 0; i < _names.Length; i++)
            _names[i] = new UInt128((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
        _left = operations.Count(static operation => operation.Ended != Operation.Never);
    }

    public Verdict Run(int initial)
    {
        var (held, placed, at) = (initial, UInt128.Zero, _next[0]);
        for (long step = 0; _left > 0; step++)
        {
            if (step % 4096 == 0 && _timeUp.IsCancellationRequested)
                return new Verdict.Unknown("the time was up");
            if (_seen.Count > MaxSeen)
                return new Verdict.Unknown($"more than {MaxSeen} states to look at");
            var forced = at == _next[0] ? LookThatFits(held) : Nobody;
            if (forced != Nobody)
            {
                Place(forced, held, isForced: true);
                placed ^= _names[forced];
                at = _next[0];
                continue;
            }

            var operation = _operationOf[at];
            if (operation == Nobody || _end[operation] == at)
            {
                // Something has ended here that has no place: back to the last choice.
                if (!TakeBack(ref held, ref placed, out at))
                    return new Verdict.Illegal("no order explains it");
                continue;
            }

            var one = _operations[operation];
            if (!one.Fits(held) || !_seen.Add((placed ^ _names[operation], one.OnlyLooks ? held : one.Value)))
            {
                at = _next[at];
                continue;
            }

            Place(operation, held, isForced: false);
            placed ^= _names[operation];
            held = one.OnlyLooks ? held : one.Value;
            at = _next[0];
        }

        return new Verdict.Linearizable();
    }

    /// <summary>An operation that only looks, is open and fits: nobody notices when it takes its place at once.</summary>
    private int LookThatFits(int held)
    {
        for (var at = _next[0]; _operationOf[at] is >= 0 and var operation && _end[operation] != at; at = _next[at])
        {
            if (_operations[operation] is { OnlyLooks: true } look && look.Fits(held))
                return operation;
        }

        return Nobody;
    }

    private void Place(int operation, int held, bool isForced)
    {
        _placed.Push((operation, held, isForced));
        Unlink(_begin[operation]);
        if (_end[operation] != Nobody)
        {
            Unlink(_end[operation]);
            _left--;
        }
    }

    /// <summary>Takes operations back up to the last that was a choice; the search goes on behind it. False where none is left.</summary>
    private bool TakeBack(ref int held, ref UInt128 placed, out int at)
    {
        while (_placed.TryPop(out var last))
        {
            if (_end[last.Operation] != Nobody)
            {
                Link(_end[last.Operation]);
                _left++;
            }

            Link(_begin[last.Operation]);
            placed ^= _names[last.Operation];
            held = last.Held;
            if (last.Forced)
                continue;
            at = _next[_begin[last.Operation]];
            return true;
        }

        at = 0;
        return false;
    }

    private void Unlink(int at) => (_next[_previous[at]], _previous[_next[at]]) = (_next[at], _previous[at]);

    private void Link(int at) => (_next[_previous[at]], _previous[_next[at]]) = (at, at);
}
