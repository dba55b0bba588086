namespace Fabric.Node.Membership;

/// <summary>Whether a voter whose data folder has never voted may begin to.</summary>
internal abstract record Verdict
{
    private Verdict() { }

    /// <summary>It may: nobody can hold anything against it that it has forgotten.</summary>
    /// <param name="Voters">The identities of the voters, as far as they are known.</param>
    /// <param name="First">The fabric begins with this; it holds only where a second look says the same.</param>
    public sealed record Votes(IReadOnlyDictionary<string, Guid> Voters, bool First) : Verdict
    {
        public bool IsLike(Verdict? other) =>
            other is Votes votes && votes.Voters.Count == Voters.Count && Voters.All(one => votes.Voters.TryGetValue(one.Key, out var same) && same == one.Value);
    }

    /// <summary>It must not, yet.</summary>
    public sealed record Waits(string Because) : Verdict;

    /// <summary>Judges by what the other voters say; null stands for one that cannot be asked.</summary>
    /// <param name="own">How this voter stands.</param>
    /// <param name="others">The other voters by name.</param>
    /// <param name="bootstrap">Whoever runs this node vouches that it has never voted before.</param>
    public static Verdict Judge(StandingWire own, IReadOnlyDictionary<string, StandingWire?> others, bool bootstrap)
    {
        var said = others.Values.OfType<StandingWire>().ToArray();
        // Whom it would vote with stands in the log, not in how it was started.
        if (said.MaxBy(static other => other.VotersSince) is { VotersSince: > 0 } newest && newest.VotersSince > own.VotersSince)
            return new Waits($"the voters have changed since revision {newest.VotersSince}, and this host has not heard of it yet");
        if (own.VotersSince > 0)
            return new Waits(own.Voters.ContainsKey(own.Name) ? Denied("the log", own.Name) : $"the voters are {string.Join(", ", own.Voters.Keys.Order(StringComparer.Ordinal))} by now; `fabric cluster promote {own.Name}` gives it the vote of one of them");
        if (said.FirstOrDefault(other => other.Voters.TryGetValue(own.Name, out var mine) && mine == own.Identity) is { } knows)
            return new Votes(knows.Voters, First: false);
        if (said.FirstOrDefault(other => other.Voters.TryGetValue(own.Name, out var mine) && mine != own.Identity) is { } denies)
            return new Waits(Denied(denies.Name, own.Name));
        if (bootstrap)
            return new Votes(said.Append(own).ToDictionary(static one => one.Name, static one => one.Identity), First: false);
        if (said.FirstOrDefault(static other => !other.IsNew) is { } begun)
            return new Waits($"{begun.Name} has a log already and cannot tell whether this data folder was emptied; {Cure(own.Name)}");
        var silent = others.Where(static other => other.Value is null).Select(static other => other.Key).Order(StringComparer.Ordinal).ToArray();
        return silent.Length > 0
            ? new Waits($"{string.Join(" and ", silent)} cannot be asked whether this data folder was emptied: a new fabric begins when all its voters run, or with --bootstrap")
            : new Votes(said.Append(own).ToDictionary(static one => one.Name, static one => one.Identity), First: true);
    }

    private static string Denied(string by, string name) =>
        $"{by} knows {name} with another data folder, which may have promised what this one has forgotten; {Cure(name)}";

    private static string Cure(string name) => $"it follows without a vote until `fabric cluster replace {name}` gives it a new one";
}
