using Fabric.Chaos.Validate;

namespace Fabric.Chaos.CrashPoints;

/// <summary>What came of one crash point.</summary>
/// <param name="At">The call at which the node was killed.</param>
/// <param name="Reached">Whether it got that far.</param>
/// <param name="Wrong">What is wrong; null where nothing is.</param>
/// <param name="Acknowledged">Writes that had been acknowledged by then.</param>
/// <param name="Spoilt">A snapshot was spoilt before the node started again.</param>
/// <param name="Refused">The node did not start from that: it had nothing false to say.</param>
internal sealed record CrashResult(int At, bool Reached, string? Wrong, int Acknowledged, bool Spoilt = false, bool Refused = false);

/// <summary>Kills a node at one of its calls, starts it again, and judges all that its client saw.</summary>
internal static class CrashPoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What one node alone can be judged by.</summary>
    private static readonly string[] Checkers = ["log", "acknowledged", "refused", "once", "origin", "conditions", "order", "reads", "register", "final"];

    public static async Task<CrashResult> TryAsync(CrashPrograms programs, int at, bool spoil)
    {
        var folder = Directory.CreateTempSubdirectory("fabric-crash-").FullName;
        try
        {
            return await TryAsync(programs, at, spoil, folder);
        }
        catch (TimeoutException late)
        {
            return new CrashResult(at, true, $"the node was neither ready nor gone in {Patience.TotalSeconds:F0} s: {late.Message}", 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<CrashResult> TryAsync(CrashPrograms programs, int at, bool spoil, string folder)
    {
        var recording = new CrashRecording(folder);
        using var script = new CrashScript(recording);
        using (var first = new CrashNode(programs, folder, at))
        {
            if (await first.ReadyAsync(Patience))
                await script.UntilItEndsAsync(first.Http);
            if (!await HasEndedAsync(first))
                return new CrashResult(at, false, null, script.Acknowledged);
        }

        var spoilt = spoil && SpoiltSnapshot.Make(CrashNode.DataIn(folder));
        using var second = new CrashNode(programs, folder, killAt: null);
        if (!await second.ReadyAsync(Patience))
            return spoilt ? new CrashResult(at, true, null, script.Acknowledged, Spoilt: true, Refused: true) : new CrashResult(at, true, $"it does not start again:\n{second.Log}", script.Acknowledged);
        try
        {
            await script.AfterwardsAsync(second.Http);
            using var http = new HttpClient { Timeout = Patience };
            recording.Finish(await FinalState.OfAsync(http, second.Http, "a", Patience));
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            return new CrashResult(at, true, $"it does not answer after its start: {failed.Message}\n{second.Log}", script.Acknowledged);
        }

        var findings = Validation.Of(folder, Checkers);
        return new CrashResult(at, true, Validation.ExitCode(findings) == 0 ? null : string.Join('\n', findings.Where(static finding => finding.Judgement != Judgement.Ok)), script.Acknowledged, spoilt);
    }

    /// <summary>A node that is being killed takes a moment to be gone; one that goes on has had all that the script asks of it.</summary>
    private static async Task<bool> HasEndedAsync(CrashNode node)
    {
        try
        {
            await node.EndAsync(TimeSpan.FromSeconds(2));
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
