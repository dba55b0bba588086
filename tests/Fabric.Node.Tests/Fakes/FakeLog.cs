using Fabric.Flags.Changes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Fakes;

/// <summary>One log in memory that any number of fake members share.</summary>
public sealed class FakeLog(int capacity = 16)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, ChangeOutcome> _operations = [];
    private readonly List<FakeConsensus> _members = [];

    public FabricState State { get; private set; } =
        FabricState.Empty with { Identity = new FabricIdentity(Guid.Parse("11111111-2222-3333-4444-555555555555"), capacity), AppliedIndex = 1 };

    /// <summary>Who leads; null for nobody.</summary>
    public string? Leader { get; set; } = "a";

    /// <summary>Entries that were appended, outcomes that changed nothing included.</summary>
    public int Appended { get; private set; }

    public void Join(FakeConsensus member)
    {
        lock (_lock)
            _members.Add(member);
    }

    public ChangeOutcome Append(ChangeSet changes)
    {
        lock (_lock)
        {
            if (_operations.TryGetValue(changes.OperationId, out var known))
                return known;
            Appended++;
            var index = State.AppliedIndex + 1;
            var (next, outcome) = State.Apply(index, changes);
            State = next with { AppliedIndex = index, Digest = unchecked((State.Digest * 31) + (ulong)index) };
            _operations.Add(changes.OperationId, outcome);
            var keys = outcome is ChangeOutcome.Applied ? changes.Changes.Select(change => change.Key) : [];
            foreach (var member in _members)
                member.Deliver(State, [.. keys]);
            return outcome;
        }
    }
}
