using System.Globalization;
using Fabric.Flags;
using Microsoft.Extensions.Primitives;

namespace Fabric.Node.Api.Flags;

/// <summary>What must hold of a flag for a write to apply.</summary>
internal enum ConditionKind
{
    None,

    /// <summary><c>If-None-Match: *</c>: it must not exist.</summary>
    Absent,

    /// <summary><c>If-Match: *</c>: it must exist.</summary>
    Present,

    /// <summary><c>If-Match: "REV"</c>: it must have this revision.</summary>
    At,
}

/// <summary>A write's condition, from its headers.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Revision">The revision, where a certain one is required.</param>
internal readonly record struct Precondition(ConditionKind Kind, long Revision)
{
    /// <summary>As a change set has it; <c>If-Match: *</c> cannot be said so.</summary>
    public long? IfRevision => Kind switch
    {
        ConditionKind.Absent => 0,
        ConditionKind.At => Revision,
        _ => null,
    };

    public static Precondition Read(HttpRequest request, ICollection<Problem> problems)
    {
        var match = request.Headers.IfMatch;
        var noneMatch = request.Headers.IfNoneMatch;
        if (match.Count > 0 && noneMatch.Count > 0)
            problems.Add(new Problem("If-Match", "stands beside If-None-Match; a write has one condition"));
        else if (match.Count > 0)
            return ReadMatch(match, problems);
        else if (noneMatch.Count > 0 && noneMatch != "*")
            problems.Add(new Problem("If-None-Match", "on a write it is *, for a flag that must not exist"));
        return new Precondition(noneMatch.Count > 0 ? ConditionKind.Absent : ConditionKind.None, 0);
    }

    private static Precondition ReadMatch(StringValues match, ICollection<Problem> problems)
    {
        var text = match.ToString();
        if (text == "*")
            return new Precondition(ConditionKind.Present, 0);
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"'
            && long.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > 0)
        {
            return new Precondition(ConditionKind.At, revision);
        }

        problems.Add(new Problem("If-Match", "must be a flag's ETag, such as \"42\" with its quotes, or *"));
        return default;
    }
}
