using Fabric.Flags;

namespace Fabric.Raft;

/// <summary>The rules for <see cref="RaftOptions"/>, all of them checked at once.</summary>
internal static class RaftOptionsValidation
{
    /// <exception cref="ArgumentException">Something is wrong; the message names every problem with key, value and range.</exception>
    public static void ThrowWhenInvalid(this RaftOptions options)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0)
            throw new ArgumentException("The options of Raft are not valid: " + string.Join("; ", problems.Select(static problem => problem.ToString())), nameof(options));
    }

    public static IEnumerable<Problem> Problems(this RaftOptions options) =>
        [.. OfMembers(options), .. OfTimes(options), .. OfBounds(options)];

    private static IEnumerable<Problem> OfMembers(RaftOptions options)
    {
        if (options.Members.Count is not (1 or 3) && !(options is { VoteChangesHands: true, Members.Count: 2 }))
            yield return new Problem("Members", $"{options.Members.Count} members; exactly 1 or exactly 3 are safe");
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
            yield return new Problem("DataDirectory", "is empty; a folder of this member's own is needed");
        if (options.Members.All(member => member.Name != options.Name))
            yield return new Problem("Name", $"\"{options.Name}\" is not among the members {string.Join(", ", options.Members.Select(static member => $"\"{member.Name}\""))}");
        foreach (var name in Repeated(options.Members.Select(static member => member.Name)))
            yield return new Problem("Members", $"the name \"{name}\" stands there twice");
        foreach (var address in Repeated(options.Members.Select(static member => member.Raft.ToString())))
            yield return new Problem("Members", $"the address {address} stands there twice");
        foreach (var member in options.Members.Where(static member => member.Raft.Port == 0))
            yield return new Problem("Members", $"\"{member.Name}\" has port 0; a port from 1 to 65535 is needed");
    }

    private static IEnumerable<Problem> OfTimes(RaftOptions options)
    {
        var (lower, upper) = (options.LowerElectionTimeout, options.UpperElectionTimeout);
        if (lower < TimeSpan.FromMilliseconds(20) || lower > TimeSpan.FromMinutes(1))
            yield return Out("LowerElectionTimeout", lower, "20 ms to 60000 ms");
        if (upper <= lower || upper > TimeSpan.FromMinutes(2))
            yield return Out("UpperElectionTimeout", upper, $"above LowerElectionTimeout ({Milliseconds(lower)}), up to 120000 ms");
        if (options.RequestTimeout <= TimeSpan.Zero || options.RequestTimeout >= lower)
            yield return Out("RequestTimeout", options.RequestTimeout, $"above 0, below LowerElectionTimeout ({Milliseconds(lower)}), or a hung voter blocks elections");
        if (options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > options.RequestTimeout)
            yield return Out("ConnectTimeout", options.ConnectTimeout, $"above 0, up to RequestTimeout ({Milliseconds(options.RequestTimeout)})");
        if (options.HeartbeatInterval <= TimeSpan.Zero || options.HeartbeatInterval * 2 > lower)
            yield return Out("HeartbeatInterval", options.HeartbeatInterval, $"above 0, up to half of LowerElectionTimeout ({Milliseconds(lower)})");
    }

    private static IEnumerable<Problem> OfBounds(RaftOptions options)
    {
        (string Key, long Value, long Least, long Most)[] bounds =
        [
            ("Capacity", options.Capacity, 1, 1 << 22),
            ("EntriesPerSnapshot", options.EntriesPerSnapshot, 1, 1_000_000),
            ("BytesPerSnapshot", options.BytesPerSnapshot, 1, 1L << 32),
            ("EntriesKeptBehindSnapshot", options.EntriesKeptBehindSnapshot, 0, 1_000_000),
            ("EntriesBehindForInstall", options.EntriesBehindForInstall, 0, long.MaxValue),
            ("OperationsRemembered", options.OperationsRemembered, 1, 1 << 22),
            ("MaxProposalsInFlight", options.MaxProposalsInFlight, 1, 1_000_000),
            ("MinFreeBytes", options.MinFreeBytes, 0, long.MaxValue),
        ];
        foreach (var (key, value, least, most) in bounds)
        {
            if (value < least || value > most)
                yield return new Problem(key, $"is {value}; {least} to {most}");
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> values) =>
        values.GroupBy(static value => value, StringComparer.Ordinal).Where(static group => group.Count() > 1).Select(static group => group.Key);

    private static Problem Out(string key, TimeSpan value, string range) => new(key, $"is {Milliseconds(value)}; {range}");

    private static string Milliseconds(TimeSpan value) => $"{value.TotalMilliseconds:0.###} ms";
}
