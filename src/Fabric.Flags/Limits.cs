namespace Fabric.Flags;

/// <summary>What the domain accepts at most. Everything beyond is refused before it is proposed.</summary>
public static class Limits
{
    /// <summary>Bytes of UTF-8 in a flag's key: the table holds 64, the last of which is the terminator.</summary>
    public const int KeyBytes = 63;

    /// <summary>Variants of one flag: the table holds one bit of boolean value for each.</summary>
    public const int Variants = 64;

    /// <summary>Buckets of one `fractional`.</summary>
    public const int Buckets = 64;

    /// <summary>The sum of a `fractional`'s weights, as flagd bounds it.</summary>
    public const long TotalWeight = int.MaxValue;

    /// <summary>Changes in one change set.</summary>
    public const int ChangesPerSet = 128;

    /// <summary>Bytes of one definition as stored.</summary>
    public const int DefinitionBytes = 48 * 1024;

    /// <summary>Bytes of one encoded change set in the log.</summary>
    public const int EntryBytes = 64 * 1024;

    /// <summary>Bytes of a change set's message.</summary>
    public const int MessageBytes = 1024;

    /// <summary>Bytes of what whoever makes a change says to be.</summary>
    public const int ActorBytes = 256;

    /// <summary>Changes of one flag that are remembered; the oldest makes room.</summary>
    public const int HistoryPerFlag = 50;

    /// <summary>
    /// Bytes that all remembered changes together count for; the oldest makes room. Half of <see cref="StateBytes"/>, since
    /// it travels in the same snapshot.
    /// </summary>
    public const long HistoryBytes = 16L * 1024 * 1024;

    /// <summary>Levels of nesting in a definition.</summary>
    public const int JsonDepth = 32;

    /// <summary>Flags of a fabric, unless an option of the fabric says less or more.</summary>
    public const int DefaultCapacity = 16_384;

    /// <summary>
    /// Bytes of all definitions and attachments together: what a snapshot carries, and so what a voter must be able to receive
    /// within one Raft request.
    /// </summary>
    public const long StateBytes = 32L * 1024 * 1024;

    /// <summary>Bytes of a flag's <c>salt</c>: it stands where the flag's key stands.</summary>
    public const int SaltBytes = KeyBytes;

    /// <summary>Flags that one flag names as its prerequisites.</summary>
    public const int Prerequisites = 8;

    /// <summary>Levels of prerequisites: a flag, those it needs, those they need, and so on.</summary>
    public const int PrerequisiteDepth = 5;

    /// <summary>Flags that one answer asks, each counted as often as it is asked.</summary>
    public const int PrerequisiteEvaluations = 32;

    /// <summary>Steps of a compiled rule; longer ones are evaluated over HTTP only.</summary>
    public const int ProgramSteps = 1024;

    /// <summary>Facts that a compiled rule looks at.</summary>
    public const int ProgramFacts = 64;

    /// <summary>Bytes of a fact's name in a compiled rule.</summary>
    public const int FactNameBytes = 255;

    /// <summary>Constants of a compiled rule outside of lists.</summary>
    public const int ProgramConstants = 1024;

    /// <summary>Calculated values that a compiled rule keeps at once.</summary>
    public const int ProgramRegisters = 8;

    /// <summary>Bytes of what the table holds of one flag beside its slot.</summary>
    public const int BlockBytes = 256 * 1024;

    /// <summary>Attachments of a fabric.</summary>
    public const int Attachments = 1024;

    /// <summary>Bytes of an attachment's path, and of its symbol.</summary>
    public const int AttachmentTextBytes = 4096;

    /// <summary>Build-ids that one attachment or one flag names.</summary>
    public const int BuildIds = 64;

    /// <summary>Hosts of a fabric.</summary>
    public const int Hosts = 10_000;

    /// <summary>Bytes of a host's name.</summary>
    public const int HostNameBytes = 63;

    /// <summary>Bytes of a host's address.</summary>
    public const int HostAddressBytes = 512;

    /// <summary>Identities of hosts that are remembered to have been taken out.</summary>
    public const int IdentitiesRemembered = 4_096;
}
