using System.Collections.Immutable;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Changes;

/// <summary>One change of one flag, part of a <see cref="ChangeSet"/>.</summary>
/// <param name="Key">The flag.</param>
/// <param name="IfRevision">The revision the flag must have for the set to apply: 0 for "must not exist", null for "whatever it is".</param>
public abstract record Change(string Key, long? IfRevision)
{
    /// <summary>Creates the flag or replaces its definition.</summary>
    public sealed record Put(string Key, FlagDefinition Definition, long? IfRevision = null) : Change(Key, IfRevision);

    /// <summary>Removes the flag. Removing one that is not there refuses the set.</summary>
    public sealed record Delete(string Key, long? IfRevision = null) : Change(Key, IfRevision);
}

/// <summary>Changes that apply together or not at all: one entry of the log, one revision.</summary>
/// <param name="OperationId">Names the attempt, so that a retry never applies twice.</param>
/// <param name="Changes">Changes of flags, no key twice. With those of attachments and hosts at least one, at most <see cref="Limits.ChangesPerSet"/>.</param>
/// <param name="Message">Why, in the words of whoever made it.</param>
public sealed record ChangeSet(Guid OperationId, ImmutableArray<Change> Changes, string? Message = null)
{
    /// <summary>Changes of attachments, no attachment twice: a flag can be switched in the very step that lets its function ask.</summary>
    public ImmutableArray<AttachmentChange> Attachments { get; init; } = [];

    /// <summary>Who made it, when and from where; null where nobody said.</summary>
    public Origin? Origin { get; init; }

    /// <summary>Changes of the list of hosts, applied in their order.</summary>
    public ImmutableArray<HostChange> Hosts { get; init; } = [];

    /// <summary>What forbids the set by itself, whatever the state; empty for a sound one.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (Changes.Length + Attachments.Length + Hosts.Length is 0 or > Limits.ChangesPerSet)
            yield return new Problem("/changes", $"a change set has 1 to {Limits.ChangesPerSet} changes, and this one has {Changes.Length + Attachments.Length + Hosts.Length}");
        if (Message is not null && System.Text.Encoding.UTF8.GetByteCount(Message) > Limits.MessageBytes)
            yield return new Problem("/message", $"a message has at most {Limits.MessageBytes} bytes");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Changes.Length; i++)
        {
            if (FlagKey.WhyNot(Changes[i].Key) is { } reason)
                yield return new Problem($"/changes/{i}/key", reason);
            else if (!seen.Add(Changes[i].Key))
                yield return new Problem($"/changes/{i}/key", $"\"{Changes[i].Key}\" is changed twice in one set");
        }

        for (var i = 0; i < Hosts.Length; i++)
        {
            foreach (var problem in Hosts[i].Problems())
                yield return problem with { Path = $"/hosts/{i}{problem.Path}" };
        }

        foreach (var problem in AttachmentProblems())
            yield return problem;
    }

    private IEnumerable<Problem> AttachmentProblems()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Attachments.Length; i++)
        {
            foreach (var problem in Attachments[i].Problems())
                yield return problem with { Path = $"/attachments/{i}{problem.Path}" };
            if (!seen.Add(Attachments[i].Id))
                yield return new Problem($"/attachments/{i}", $"the attachment {Attachments[i].Id} is changed twice in one set");
        }
    }
}
