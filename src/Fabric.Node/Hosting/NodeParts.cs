using Fabric.Bpf.Attach;
using Fabric.Bpf.Privileges;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Node.Telemetry;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>What a node is put together from, beside its options: everything that touches the kernel, the disk and the clock.</summary>
public sealed record NodeParts
{
    /// <summary>Opens this host's table. It is called once the fabric's identity is known, again after a failure, and never by two threads at once.</summary>
    public required Func<FabricIdentity, IFlagTable> OpenTable { get; init; }

    /// <summary>Makes the consensus; the node starts and disposes it.</summary>
    public required Func<RaftOptions, IAppliedSink, ILoggerFactory, IConsensus> OpenConsensus { get; init; }

    /// <summary>The override door of this host.</summary>
    public IOverrideDoor Door { get; init; } = new ClosedDoor();

    /// <summary>Whether this host can override at all.</summary>
    public OverrideSupport Override { get; init; } = new(OverrideObstacle.NoDoor, ClosedDoor.Reason, null);

    /// <summary>What this process may do.</summary>
    public HeldPrivileges? Privileges { get; init; }

    /// <summary>The clock of everything that waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where telemetry goes; null where nothing is to be measured and <c>/metrics</c> is not served.</summary>
    public TelemetrySettings? Telemetry { get; init; }

    /// <summary>Where log lines go; null for standard error.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
