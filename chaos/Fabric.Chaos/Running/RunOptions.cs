using Fabric.Chaos.Faults;

namespace Fabric.Chaos.Running;

/// <summary>What a run is asked to be.</summary>
internal sealed record RunOptions
{
    /// <summary>How long faults happen; setting up and checking take a little more.</summary>
    public required double Minutes { get; init; }

    /// <summary>Ends the run earlier, when every kind of fault has been so often; 0 for not.</summary>
    public required int Rounds { get; init; }

    /// <summary>Decides the whole schedule of faults, and what the clients draw.</summary>
    public required int Seed { get; init; }

    /// <summary>Three, all voters, or five, of which two follow.</summary>
    public required int Hosts { get; init; }

    public required IReadOnlyList<FaultKind> Faults { get; init; }

    /// <summary>Where the recording goes, and stays; empty for a new one.</summary>
    public required string Folder { get; init; }

    /// <summary>The command line, for the recording.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }
}
