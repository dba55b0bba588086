using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;
using Fabric.Raft;

namespace Fabric.Node.Tables;

internal sealed partial class TableLoop
{
    /// <summary>
    /// Does something with the table in its turn, if this is a moment when it is to say exactly what the log does. What is done
    /// says whether it changed the table.
    /// </summary>
    public async Task WhenCurrentAsync(Func<IFlagTable, FabricState, bool> what, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            FabricState? state;
            lock (_lock)
                state = _whole || _noted.Count > 0 ? null : _latest;
            if (state is null || _table is null || _notCurrent is not null || state.AppliedIndex != _shown)
                return;
            if (what(_table, state))
                _view = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the table answers a caller, also while it is written; null while there is no table.</summary>
    public FlagAnswer? Evaluate(string key, EvaluationContext context) => Ask(table => table?.Evaluate(key, context));

    /// <summary>The same, and how that comes about.</summary>
    public Explanation? Explain(string key, EvaluationContext context) => Ask(table => table?.Explain(key, context));

    /// <summary>What the host's programs have counted of the table; null while there is no table.</summary>
    public IHostUsage? Usage => _living?.Usage;

    private T Ask<T>(Func<IFlagTable?, T> question)
    {
        _life.EnterReadLock();
        try
        {
            return question(_living);
        }
        finally
        {
            _life.ExitReadLock();
        }
    }
}
