namespace Fabric.Chaos.Model;

/// <summary>What one subscriber heard without a gap.</summary>
/// <param name="From">It heard all that came after this revision…</param>
/// <param name="To">…up to this one.</param>
/// <param name="Sets">That.</param>
internal sealed record Heard(long From, long To, IReadOnlyList<LoggedSet> Sets)
{
    public static IEnumerable<Heard> Of(Subscriber subscriber)
    {
        Heard? part = null;
        foreach (var line in subscriber.Lines)
        {
            if (line.Mark == StreamMark.Event && part is not null)
            {
                ((List<LoggedSet>)part.Sets).Add(new LoggedSet(line.Revision, null, line.Changes));
                part = part with { To = Math.Max(part.To, line.Revision) };
            }
            else if (line.Mark == StreamMark.Open && (part is null || line.Revision != part.To))
            {
                if (part is not null)
                    yield return part;
                part = new Heard(line.Revision, line.Revision, new List<LoggedSet>());
            }
        }

        if (part is not null)
            yield return part;
    }
}
