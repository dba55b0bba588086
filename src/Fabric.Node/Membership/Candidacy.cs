using Fabric.Node.Feeding;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Node.Membership;

/// <summary>
/// Brings a host whose data folder has never voted to its vote, and has it fed like any other host meanwhile. The log gives a
/// vote; a voter of the beginning may also ask the others until they agree that nothing can have been forgotten here.
/// </summary>
internal sealed class Candidacy(
    WaitingVoter voter, Standing standing, CatchUp catchUp, Func<Upstream> follow, NodeOptions options, FeedLink link, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile string? _why = options.Members.Count > 0 ? "the other voters are asked whether this data folder was emptied" : null;

    /// <summary>Why this host has no vote although it was begun as a voter; null when it has one, and on an observer.</summary>
    public string? Why => _why;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            var votes = await WaitAsync(token);
            await voter.VoteAsync(votes.Voters, raft => catchUp.RunAsync(raft, token), token);
            link.WhyNot = null;
            _why = null;
            Log.Votes(logger, options.Name, voter.State.AppliedIndex);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception failed)
        {
            // What it was is closed, and what it is to be did not start: only a new process can go on.
            Log.VoteFailed(logger, failed);
            Environment.FailFast($"The node cannot begin to vote: {failed.Message}", failed);
        }
    }

    private async Task<Verdict.Votes> WaitAsync(CancellationToken token)
    {
        Upstream? upstream = null;
        try
        {
            for (Verdict? before = null; ; await Task.Delay(Interval, time, token))
            {
                var verdict = await JudgeAsync(token);
                // Between two looks that are alike, nobody was emptied unnoticed.
                if (verdict is Verdict.Votes votes && (!votes.First || votes.IsLike(before)))
                    return votes;
                before = verdict;
                if (verdict is not Verdict.Waits waits)
                    continue;
                if (options.Members.Count > 0)
                    Say(waits.Because);
                if (upstream is null)
                    (upstream = follow()).Start();
            }
        }
        finally
        {
            if (upstream is not null)
                await upstream.DisposeAsync();
            link.Above = [];
        }
    }

    private async Task<Verdict> JudgeAsync(CancellationToken token)
    {
        var own = standing.Own();
        if (own.Voters.TryGetValue(options.Name, out var mine) && mine == own.Identity)
            return new Verdict.Votes(own.Voters, First: false);
        if (options.Members.Count == 0)
            return new Verdict.Waits("the log gives it no vote");
        var others = options.Members.Where(member => member.Name != options.Name).ToArray();
        var said = await Task.WhenAll(others.Select(other => standing.AskAsync(other.Name, other.Http, token)));
        return Verdict.Judge(own, others.Zip(said).ToDictionary(static pair => pair.First.Name, static pair => pair.Second), options.Bootstrap);
    }

    private void Say(string why)
    {
        if (_why == why)
            return;
        _why = why;
        Log.WaitsForVote(logger, options.Name, why);
    }
}
