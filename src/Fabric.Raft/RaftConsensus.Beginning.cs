using Fabric.Flags.Hosts;
using Fabric.Raft.Log;

namespace Fabric.Raft;

public sealed partial class RaftConsensus
{
    /// <summary>
    /// What is to be waited for before this member takes part in votes; its state is there meanwhile. Null for nothing.
    /// </summary>
    public Func<CancellationToken, Task>? BeforeVoting { get; set; }

    /// <summary>
    /// Makes a data folder that has never voted this voter's, before <see cref="StartAsync"/>: an empty one, or one in which
    /// this host followed and whose state was sealed. From here on the folder's identity stands for its vote.
    /// </summary>
    /// <param name="identities">The identities of the voters, as far as they are known.</param>
    /// <param name="seated">The voters, where one was replaced since the fabric began.</param>
    public void Begin(IReadOnlyDictionary<string, Guid> identities, VoterList? seated = null)
    {
        directory ??= DataDirectory.Hold(options.DataDirectory);
        // First whom it votes with, then that it votes: in between it is still a host that follows.
        if (seated is not null)
            SeatedVoters.Write(directory.Root, seated);
        RecordedMembers.Begin(directory, options.Members, identities);
    }

    private async Task VoteAsync(Running running, CancellationToken token)
    {
        await running.Cluster.StartAsync(token);
        var state = running.Machine.State.Fabric;
        Logs.Started(logger, options.Name, running.Log.LastEntryIndex, state.AppliedIndex, state.Digest);
    }

    private Task TakePartAsync(Running running) => Task.WhenAll(FormAsync(running), ReviewReplicationAsync(running), FollowVotersAsync(running));

    private async Task VoteLaterAsync(Running running, Func<CancellationToken, Task> wait)
    {
        try
        {
            await wait(stopping.Token);
            await VoteAsync(running, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            Fail($"This member cannot take part in votes: {failure.Message}", failure);
            return;
        }

        await TakePartAsync(running);
    }
}
