namespace Fabric.Chaos.Model;

/// <summary>
/// Which operation a change set of the log comes from, told by its operation id where the log has it, otherwise by what it
/// writes; a deletion, which writes nothing, by the revision that its answer named.
/// </summary>
internal sealed class Authors
{
    private readonly Dictionary<string, RecordedOperation> _byOp = new(StringComparer.Ordinal);
    private readonly Dictionary<long, RecordedOperation> _byValue = [];
    private readonly Dictionary<long, RecordedOperation> _byRevision = [];

    public Authors(Run run)
    {
        foreach (var operation in run.Operations.Where(static operation => operation.IsWrite))
        {
            if (operation.Op is { } op)
                _byOp.TryAdd(op, operation);
            foreach (var change in operation.Changes)
            {
                if (change.Value is { } value)
                    _byValue.TryAdd(value, operation);
            }

            if (operation.Outcome == Outcome.Ok)
                _byRevision.TryAdd(operation.Revision!.Value, operation);
        }
    }

    /// <summary>Null where it cannot be told.</summary>
    public RecordedOperation? Of(LoggedSet set)
    {
        if (set.Op is { } op && _byOp.TryGetValue(op, out var named))
            return named;
        foreach (var change in set.Changes)
        {
            if (change.Value is { } value)
                return _byValue.GetValueOrDefault(value);
        }

        return _byRevision.GetValueOrDefault(set.Revision);
    }

    /// <summary>Where in the log an operation took effect; null where it did not, or where it cannot be told.</summary>
    public static LoggedSet? PlaceOf(RecordedOperation operation, ChangeLog log)
    {
        foreach (var change in operation.Changes)
        {
            if (change.Value is { } value)
                return log.Writing(value);
        }

        return operation.Outcome == Outcome.Ok ? log.At(operation.Revision!.Value) : null;
    }
}
