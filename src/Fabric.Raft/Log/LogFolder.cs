namespace Fabric.Raft.Log;

/// <summary>Where a log's parts are.</summary>
/// <param name="Root">The folder of all.</param>
internal sealed record LogFolder(string Root)
{
    /// <summary>The entries; there as soon as this build's log is.</summary>
    public string Entries => Path.Combine(Root, "entries");

    /// <summary>The library's, which keeps the term and the vote in it.</summary>
    public string Votes => Path.Combine(Root, "vote");

    /// <summary>Where older builds kept the term and the vote.</summary>
    public string OlderState => Path.Combine(Root, "state");

    /// <summary>What an older build looks at first.</summary>
    public string OlderCheckpoint => Path.Combine(Root, "checkpoint");

    /// <summary>Where older builds kept the entries.</summary>
    public IEnumerable<string> OlderPages => [Path.Combine(Root, "metadata"), Path.Combine(Root, "data")];
}
