using Fabric.Flags;
using Fabric.Flags.History;
using Fabric.Node.Api.Flags;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Raft;

namespace Fabric.Node.Api.History;

/// <summary>Who changed what, when, from where and why.</summary>
internal sealed class HistoryApi(ReadFence reads)
{
    public const string Route = "/api/v1/history";
    private const string After = "/history";
    private const int MaxPage = 100;
    private const int DefaultPage = 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, AllAsync).WithTags("history").Describe("Read the last change sets, newest first")
            .Answers<HistoryBody>(200, 400, 503);
        routes.MapGet($"{FlagsApi.Route}/{{key}}{After}", OfFlagAsync).WithTags("history").Describe("Read the last changes of a flag, newest first; a deleted flag keeps them")
            .Answers<FlagHistoryBody>(200, 400, 404, 503);
        routes.MapGet($"{FlagsApi.Route}/{{key}}{After}/{{revision}}", OneAsync).WithTags("history").Describe("Read one change of a flag")
            .Answers<FlagChangeBody>(200, 400, 404, 410, 503);
        routes.MapGet($"{FlagsApi.Route}/{{key}}/diff", DiffAsync).WithTags("history").Describe("Compare a flag at two revisions; ?to is the present where it is left out")
            .Answers<DiffBody>(200, 400, 404, 410, 503);
    }

    private async Task<IResult> AllAsync(HttpContext http, string? limit, string? before, string? consistency, string? minRevision)
    {
        var (page, problems) = Page(limit, before);
        var (state, refusal) = await ReadAsync(http, problems, consistency, minRevision, "limit", "before");
        if (state is null)
            return refusal!;
        // One set more than asked for tells whether there is another page.
        var sets = new List<PastSetBody>();
        foreach (var set in state.History.Newest(page.Before).GroupBy(static change => change.Revision).Take(page.Limit + 1))
            sets.Add(PastSetBody.From([.. set.Reverse()]));
        return TypedResults.Json(new HistoryBody([.. sets.Take(page.Limit)], Next(sets, page.Limit, static set => set.Revision), state.History.Since), ApiJson.Full.HistoryBody);
    }

    private async Task<IResult> OfFlagAsync(HttpContext http, string key, string? limit, string? before, string? consistency, string? minRevision)
    {
        var (page, problems) = Page(limit, before);
        key = PathKey.Read(http, problems, After);
        var (state, refusal) = await ReadAsync(http, problems, consistency, minRevision, "limit", "before");
        if (state is null)
            return refusal!;
        if (!state.Flags.Flags.ContainsKey(key) && !state.History.OfFlag(key).Any())
            return Refusals.NoFlag(key);
        var changes = state.History.OfFlag(key, page.Before).Take(page.Limit + 1).Select(FlagChangeBody.From).ToList();
        return TypedResults.Json(
            new FlagHistoryBody(key, [.. changes.Take(page.Limit)], Next(changes, page.Limit, static change => change.Revision)), ApiJson.Full.FlagHistoryBody);
    }

    private async Task<IResult> OneAsync(HttpContext http, string key, string revision, string? consistency, string? minRevision)
    {
        var problems = new List<Problem>();
        key = PathKey.Read(http, problems, $"{After}/{revision}");
        var wanted = RevisionText.Read("/revision", revision, problems);
        var (state, refusal) = await ReadAsync(http, problems, consistency, minRevision);
        if (state is null)
            return refusal!;
        if (state.History.OfFlag(key, wanted + 1).FirstOrDefault() is { } change && change.Revision == wanted)
            return TypedResults.Json(FlagChangeBody.From(change), ApiJson.Full.FlagChangeBody);
        return state.History.At(key, wanted, state.Flags) switch
        {
            // The flag still says what it said when the history began.
            FlagThen.Was was when was.Revision == wanted =>
                TypedResults.Json(FlagChangeBody.From(new FlagChange(wanted, key, 0, was.Definition, null, null)), ApiJson.Full.FlagChangeBody),
            FlagThen.Forgotten forgotten => Refusals.HistoryGone(key, wanted, forgotten.Oldest),
            _ => Refusals.NoChange(key, wanted),
        };
    }

    private async Task<IResult> DiffAsync(HttpContext http, string key, string? from, string? to, string? consistency, string? minRevision)
    {
        var problems = new List<Problem>();
        key = PathKey.Read(http, problems, "/diff");
        var first = RevisionText.Read("?from", from, problems);
        var second = to is null ? long.MaxValue : RevisionText.Read("?to", to, problems);
        var (state, refusal) = await ReadAsync(http, problems, consistency, minRevision, "from", "to");
        if (state is null)
            return refusal!;
        var (before, after) = (state.History.At(key, first, state.Flags), state.History.At(key, second, state.Flags));
        foreach (var (then, revision) in ((FlagThen, long)[])[(before, first), (after, second)])
        {
            if (then is FlagThen.Forgotten forgotten)
                return Refusals.HistoryGone(key, revision, forgotten.Oldest);
        }

        return (before, after) is (FlagThen.Absent, FlagThen.Absent) && !state.History.OfFlag(key).Any()
            ? Refusals.NoFlag(key)
            : TypedResults.Json(Diffing.Compare(key, before as FlagThen.Was, after as FlagThen.Was), ApiJson.Full.DiffBody);
    }

    private async Task<(FabricState? State, Refusal? Refusal)> ReadAsync(
        HttpContext http, List<Problem> problems, string? consistency, string? minRevision, params string[] known)
    {
        QueryNames.Check(http.Request, problems, [.. known, "consistency", "minRevision"]);
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return (null, Refusals.Invalid(problems));
        var (state, refusal) = await reads.ReadAsync(query, http.RequestAborted);
        if (state is not null)
            Revisions.Stamp(http.Response, state);
        return (state, refusal);
    }

    private static ((int Limit, long Before) Page, List<Problem> Problems) Page(string? limit, string? before)
    {
        var problems = new List<Problem>();
        var number = limit is null ? DefaultPage : RevisionText.Read("?limit", limit, problems, 1, MaxPage);
        return (((int)number, before is null ? long.MaxValue : RevisionText.Read("?before", before, problems)), problems);
    }

    private static long? Next<T>(List<T> page, int limit, Func<T, long> revision) => page.Count > limit ? revision(page[limit - 1]) : null;
}
