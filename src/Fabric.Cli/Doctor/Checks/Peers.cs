using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Are all members there, of one fabric, and up to date?</summary>
internal sealed class Peers : IDoctorCheck
{
    /// <summary>Change sets that a member may be behind while the fabric is written to.</summary>
    private const long UsualLag = 100;

    public string Name => "peers";

    public async Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) =>
        await context.MembersAsync(token) is { } members ? Judge(members) : CheckResult.Skip("no node answers");

    internal static CheckResult Judge(IReadOnlyList<MemberFacts> members)
    {
        var there = members.Where(static member => member.Error is null).ToArray();
        var missing = members.Where(static member => member.Error is not null && !member.AnswersNode).ToArray();
        if (there.Select(static member => member.Fabric).OfType<Guid>().Distinct().Count() > 1)
            return CheckResult.Fail($"{string.Join(", ", there.Select(static member => $"{member.Name} is of {member.Fabric}"))}", "two fabrics were formed: keep one, and start the others' members with empty data folders");
        if (missing.Length > 0)
        {
            var finding = string.Join("; ", missing.Select(static member => $"{member.Name}: {member.Error}"));
            const string cure = "start them, or mend the network between the members";
            return members.Count - missing.Length > members.Count / 2 ? CheckResult.Warn($"{finding}; one more, and nothing can be written", cure) : CheckResult.Fail($"{finding}; nothing can be written", cure);
        }

        if (members.Where(static member => member.Error is not null).ToArray() is { Length: > 0 } unasked)
            return CheckResult.Warn(string.Join("; ", unasked.Select(static member => $"{member.Name}: {member.Error}, though it answers the node")), "look from a member's host: how far these are, and what time it is there, was not asked");

        var newest = there.Max(static member => member.AppliedRevision) ?? 0;
        return there.Where(member => newest - member.AppliedRevision > UsualLag).ToArray() is { Length: > 0 } late
            ? CheckResult.Warn(string.Join(", ", late.Select(member => $"{member.Name} is {newest - member.AppliedRevision} entries behind")), "it catches up by itself, unless its disk or network is too slow")
            : CheckResult.Ok($"{there.Length} of {members.Count} answer, at most {newest - (there.Min(static member => member.AppliedRevision) ?? 0)} entries behind");
    }
}
