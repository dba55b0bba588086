namespace Fabric.Raft.Log;

/// <summary>How far a log on disk goes, read without opening it.</summary>
/// <param name="CommitIndex">Last index known to be committed when the log was last written.</param>
/// <param name="LastIndex">Last index in it.</param>
internal readonly record struct LogHead(long CommitIndex, long LastIndex)
{
    /// <summary>Reads it; nothing where there is no log, or one that only its opening may judge.</summary>
    public static LogHead Read(string logDirectory)
    {
        var folder = new LogFolder(logDirectory);
        try
        {
            if (!Directory.Exists(folder.Entries))
                return OlderLog.HeadOf(folder) ?? default;
            var found = LogFiles.Read(folder.Entries);
            return new LogHead(found.Commit, found.Tail.Last);
        }
        catch (InvalidDataException)
        {
            return default;
        }
    }
}
