using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>Events come in order, each once, without a gap, as the log has them; a stream goes on where the last one ended.</summary>
internal sealed class EventsCheck : Checker
{
    public override string Name => "events";

    public override string Things => "events";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var subscriber in recorded.Run.Subscribers)
        {
            long? position = null;
            foreach (var line in subscriber.Lines)
            {
                if (line.Mark == StreamMark.Open)
                    position = line.Revision;
                else if (line.Mark != StreamMark.Event)
                    position = null;
                if (line.Mark != StreamMark.Event)
                    continue;
                tally.Add();
                if (WhatIsWrong(recorded.Log, position, line) is { } wrong)
                    yield return new Wrong($"{subscriber.Name}, line {line.Line}{(line.Host is null ? "" : $", from {line.Host}")}: {wrong}", line.Time);
                position = line.Revision;
            }
        }
    }

    private static string? WhatIsWrong(ChangeLog log, long? position, StreamLine line)
    {
        var told = new LoggedSet(line.Revision, null, line.Changes);
        if (position is not { } after)
            return $"{told} came outside of any stream";
        if (line.Revision <= after)
            return $"{told} came after revision {after}";
        // Of what is older than anybody can name, only the order can be judged.
        if (line.Revision <= log.Since)
            return null;
        if (log.After(Math.Max(after, log.Since)) is { } next && next.Revision < line.Revision)
            return $"{told} came next after revision {after}, and {next} is missing";
        return log.At(line.Revision) is not { } set ? $"{told} is not in the log"
            : !set.Same(told) ? $"it told {told}, and the log has {set}" : null;
    }
}
