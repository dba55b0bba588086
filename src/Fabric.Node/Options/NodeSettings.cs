namespace Fabric.Node.Options;

/// <summary>The options of a node as they were written, before anything is understood or checked.</summary>
public sealed record NodeSettings
{
    /// <summary>A JSON file that all hosts share; what is given beside it wins.</summary>
    public string? Config { get; init; }

    public string? Name { get; init; }
    public string? Data { get; init; }
    public IReadOnlyList<string> Http { get; init; } = [];
    public string? Raft { get; init; }

    /// <summary>The other voters, each as <c>name=b,raft=10.0.0.2:7501,http=http://10.0.0.2:7401</c>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>Base addresses of hosts that may feed this one, separated by commas or given one by one.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>The data folder never voted, whatever the other voters can say to it.</summary>
    public bool Bootstrap { get; init; }

    public string? Advertise { get; init; }

    /// <summary>What rules can ask of this host, each as <c>zone=eu-1</c>; of two for one name the later counts.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? Table { get; init; }
    public string? Usage { get; init; }

    public string? User { get; init; }
    public bool KeepCapabilities { get; init; }

    /// <summary>Folders below which functions may be attached to.</summary>
    public IReadOnlyList<string> AttachRoots { get; init; } = [];

    /// <summary>Users, by their numbers, who may own what is attached to.</summary>
    public IReadOnlyList<string> AttachOwners { get; init; } = [];

    /// <summary>Whether what is attached to may be writable by others than its owner.</summary>
    public bool AttachWritable { get; init; }

    /// <summary>Origins whose pages may evaluate.</summary>
    public IReadOnlyList<string> OfrepOrigins { get; init; } = [];

    public string? Capacity { get; init; }
    public string? ReplaceAfter { get; init; }
    public string? MinFree { get; init; }
    public string? WriteTimeout { get; init; }
    public string? ReadTimeout { get; init; }
    public string? ShutdownTimeout { get; init; }
    public string? MaxBodyBytes { get; init; }
    public string? MaxImportBytes { get; init; }
    public string? MaxWritesInFlight { get; init; }
    public string? MaxConnections { get; init; }
    public string? MaxEvaluationsInFlight { get; init; }
    public string? MaxEventStreams { get; init; }
    public string? MaxObservers { get; init; }
    public string? MaxChangeStreams { get; init; }
    public string? MaxEventsKept { get; init; }
    public string? MaxEventsKeptBytes { get; init; }
    public string? EventsKeepAlive { get; init; }
    public string? EntriesPerSnapshot { get; init; }
}
