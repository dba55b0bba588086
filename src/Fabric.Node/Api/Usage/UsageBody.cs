namespace Fabric.Node.Api.Usage;

/// <summary>Who asked for which flag, and what was answered: of one host, or added up over the fleet.</summary>
/// <param name="Hosts">Whose counts these are. A host that did not answer is not in them.</param>
/// <param name="Flags">The flags of this page, in the order of their keys.</param>
/// <param name="Unknown">Names that were asked for and that no flag has; on the first page.</param>
/// <param name="Stale">Flags of this page that nobody asked for in the time that was given, or ever.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record UsageBody(
    IReadOnlyList<UsageHostBody> Hosts, IReadOnlyList<FlagUsageBody> Flags, IReadOnlyList<UnknownUsageBody> Unknown, IReadOnlyList<string> Stale, string? Next);

/// <summary>One host.</summary>
/// <param name="Name">The node's.</param>
/// <param name="Answered">Its counts are in the sums.</param>
/// <param name="Error">Why they are not.</param>
/// <param name="Since">When counting began there: of flags that nobody asked for, nothing is known from before.</param>
/// <param name="Unattributed">Calls that were counted, and for whose flag there was no room.</param>
/// <param name="UnreadFiles">Files of processes that could not be read.</param>
/// <param name="OutOfMemory">
/// Calls by the override door that kept their program's own default, since the kernel had no memory to evaluate a rule in.
/// </param>
internal sealed record UsageHostBody(string Name, bool Answered, string? Error, DateTimeOffset? Since, long Unattributed, int UnreadFiles, long OutOfMemory = 0);

/// <summary>One flag.</summary>
/// <param name="Key">The flag.</param>
/// <param name="Evaluations">How often it was asked for.</param>
/// <param name="Doors">By which way.</param>
/// <param name="Variants">Answers, by the variant's name.</param>
/// <param name="Defaults">Calls in which the caller's own default ran: the flag was disabled, failed, left it to the caller, or was not there.</param>
/// <param name="First">The first call that is known of; null where there is none.</param>
/// <param name="Last">When the last reading that showed new calls was.</param>
/// <param name="Callers">Who asked, most first.</param>
internal sealed record FlagUsageBody(
    string Key, long Evaluations, DoorUsageBody Doors, IReadOnlyDictionary<string, long> Variants, long Defaults, DateTimeOffset? First, DateTimeOffset? Last,
    IReadOnlyList<CallerUsageBody> Callers);

/// <summary>Evaluations by the way they came.</summary>
internal sealed record DoorUsageBody(long Override, long Shared, long Remote);

/// <summary>One executable. What came by the shared door is what its processes say themselves.</summary>
/// <param name="Exe">Its path; null for callers over HTTP, and where it is not known.</param>
/// <param name="Evaluations">How often it asked.</param>
/// <param name="First">Its first call.</param>
/// <param name="Last">When the last reading that showed new calls of it was.</param>
/// <param name="Processes">Processes that counted by themselves, with those that have ended; a fork is counted with its parent.</param>
internal sealed record CallerUsageBody(string? Exe, long Evaluations, DateTimeOffset First, DateTimeOffset? Last, int Processes);

/// <summary>A name that no flag has.</summary>
/// <param name="Name">The name; empty for all that were too many to be told apart.</param>
/// <param name="Evaluations">How often it was asked for.</param>
/// <param name="First">The first call that is known of.</param>
/// <param name="Last">When the last reading that showed new calls was.</param>
/// <param name="Callers">Who asked, most first.</param>
internal sealed record UnknownUsageBody(string Name, long Evaluations, DateTimeOffset First, DateTimeOffset? Last, IReadOnlyList<CallerUsageBody> Callers);
