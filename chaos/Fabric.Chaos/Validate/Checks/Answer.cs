using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>Whether a read's answer is a state of the log that is neither too old nor from the future.</summary>
internal static class Answer
{
    /// <summary>What is wrong with it, or null.</summary>
    /// <param name="recorded">The run.</param>
    /// <param name="read">The read.</param>
    /// <param name="atLeast">The revision that it must have come to.</param>
    /// <param name="because">Why it must.</param>
    public static Wrong? WhatIsWrong(Case recorded, RecordedOperation read, long atLeast, string because)
    {
        var key = read.Key!;
        atLeast = recorded.Log.LastUpTo(atLeast);
        var newest = recorded.RealTime.BegunBy(read.Ended);
        if (read.At is { } at)
        {
            var version = recorded.Log.VersionAt(key, at);
            if (version.Value != read.Value || (read.Revision is { } said && read.Value is not null && said != version.FlagRevision))
                return new Wrong($"{read} saw {Saw(read)} in the state of revision {at}, where it is {Say(version)}", read.Ended);
            if (at < atLeast)
                return new Wrong($"{read} was answered by the state of revision {at}, and {because} {atLeast}", read.Ended);
            return version.Since > newest
                ? new Wrong($"{read} saw {Saw(read)}, which nobody had asked for by then", read.Ended)
                : null;
        }

        foreach (var version in recorded.Log.Between(key, atLeast, Math.Max(newest, atLeast)))
        {
            if (version.Value == read.Value && (read.Revision is null || read.Value is null || version.Since == read.Revision))
                return null;
        }

        return new Wrong($"{read} saw {Saw(read)}, which it was at no revision from {atLeast} to {newest}; {because} {atLeast}, where it is {Say(recorded.Log.VersionAt(key, atLeast))}", read.Ended);
    }

    private static string Saw(RecordedOperation read) =>
        read.Revision is { } revision && read.Value is not null ? $"{Case.Say(read.Value)} of revision {revision}" : Case.Say(read.Value);

    private static string Say(FlagVersion version) => $"{Case.Say(version.Value)} since {version.Since}";
}
