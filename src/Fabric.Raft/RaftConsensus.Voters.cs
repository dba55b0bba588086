using System.Collections.Frozen;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using Fabric.Flags.Hosts;
using Fabric.Raft.Log;

namespace Fabric.Raft;

/// <summary>How the list of voters follows the log; DESIGN.md says why that is safe.</summary>
public sealed partial class RaftConsensus
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(2);

    private volatile FrozenDictionary<EndPoint, string> names;
    private IClusterConfigurationStorage<EndPoint> voters = null!;
    private long votersSince;

    /// <summary>
    /// The revision of the list of voters by which this member lives, on its disk and in its votes: 0 while that is the one
    /// with which the log was begun.
    /// </summary>
    public long VotersSince => Volatile.Read(ref votersSince);

    /// <summary>Called when this member lives by other voters than before.</summary>
    public Action<VoterList>? VotersChanged { get; set; }

    /// <summary>By whom this member lives from its start on: its own disk says, where a voter was ever replaced.</summary>
    private void BeginByVoters(DataDirectory folder)
    {
        if (SeatedVoters.Read(folder.Root) is not { } seated)
        {
            RecordedMembers.Check(folder, options.Members);
            return;
        }

        if (!seated.Seats.Select(static seat => seat.Name).ToHashSet().SetEquals(options.Members.Select(static member => member.Name)))
            throw new LogUnusableException(
                $"The voters by the log in {folder.Root} are {string.Join(", ", seated.Seats.Select(static seat => seat.Name))}, and this start names {string.Join(", ", options.Members.Select(static member => member.Name))}.");
        Volatile.Write(ref votersSince, seated.Since);
        RecordedMembers.DropJournal(folder);
    }

    /// <summary>Looks at the list after each entry: any that applies may have changed it.</summary>
    private async Task FollowVotersAsync(Running running)
    {
        try
        {
            while (true)
            {
                var seen = Feed.Newest.Index;
                if (running.Machine.State.Fabric.Roster.Voters is { } list && list.Since > VotersSince)
                    await LiveByAsync(running, list);
                await Feed.WaitForMoreAsync(seen, stopping.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
        }
        catch (Exception failure)
        {
            Fail($"The list of voters cannot be followed: {failure.Message}", failure);
        }
    }

    private async Task LiveByAsync(Running running, VoterList list)
    {
        SeatedVoters.Write(directory!.Root, list);
        if (list.Has(options.Name))
            await ShowAsync(running, list);
        else
            await LeaveAsync(running);
        Volatile.Write(ref votersSince, list.Since);
        Logs.VotersAre(logger, string.Join(", ", list.Seats.Select(static seat => seat.Name)), list.Since);
        VotersChanged?.Invoke(list);
    }

    /// <summary>Gives the library the list, and returns when it counts by it.</summary>
    private async Task ShowAsync(Running running, VoterList list)
    {
        var wanted = list.Seats.ToFrozenDictionary(static seat => (EndPoint)IPEndPoint.Parse(seat.Raft), static seat => seat.Name);
        names = wanted.Concat(names.Where(one => !wanted.ContainsKey(one.Key))).ToFrozenDictionary();
        var next = await voters.LoadConfigurationAsync(stopping.Token);
        foreach (var address in next.Members.Except(wanted.Keys).ToArray())
            next = next.Remove(address);
        foreach (var address in wanted.Keys.Except(next.Members).ToArray())
            next = next.Add(address);
        await voters.SaveConfigurationAsync(next, list.Since, stopping.Token);
        while (!running.Cluster.Members.Select(static member => member.EndPoint).ToHashSet().SetEquals(wanted.Keys))
            await Task.Delay(Settling, time, stopping.Token);
        names = wanted;
    }

    /// <summary>
    /// The others count this member no more, so that it elects nobody. The library keeps its list: without itself in it, it
    /// would take itself to have failed.
    /// </summary>
    private async Task LeaveAsync(Running running)
    {
        if (LeaderOf(running) == options.Name)
            await running.Cluster.GiveUpLeadershipAsync(stopping.Token);
    }
}
