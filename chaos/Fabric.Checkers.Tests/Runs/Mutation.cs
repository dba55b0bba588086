using System.Text.Json.Nodes;

namespace Fabric.Checkers.Tests.Runs;

/// <summary>Ways in which a legal run becomes an illegal one, each with the checker that has to find it.</summary>
internal static class Mutation
{
    /// <summary>Changes one thing; false where the run has nothing of the kind.</summary>
    internal delegate bool Change(Recording run, Random random);

    private sealed record Pair(JsonObject Invoke, JsonObject Answer);

    public static IReadOnlyDictionary<string, (string Checker, Change Change)> All { get; } = new Dictionary<string, (string, Change)>
    {
        ["an acknowledged write is at another revision"] = ("acknowledged", static (run, random) =>
            Any(Answers(run, "ok", static invoke => Is(invoke, "write", "cas", "changes")), random) is { } pair && Set(pair.Answer, "revision", (long)pair.Answer["revision"]! + 1000)),
        ["an acknowledged write is in no log"] = ("acknowledged", static (run, random) =>
            Any(Answers(run, "ok", static invoke => Is(invoke, "write")), random) is { } pair && Forget(run, (long)pair.Answer["revision"]!)),
        ["one host lacks a change set"] = ("log", static (run, random) =>
            Any(run.Logs, random) is { Count: > 0 } log && Drop(log, random.Next(log.Count))),
        ["one host has another value in its log"] = ("log", static (run, random) =>
            Any(Any(run.Logs, random)!.Select(static set => set!["changes"]![0]!.AsObject()).Where(static change => change["value"] is not null), random) is { } change
            && Set(change, "value", 999_999)),
        ["a write that is in the log was refused"] = ("refused", static (run, random) =>
            Any(Answers(run, "ok", static invoke => Is(invoke, "write", "cas", "changes")), random) is { } pair && Set(pair.Answer, "type", "fail")),
        ["a write takes effect twice"] = ("once", static (run, random) => Again(run, random, static (_, set) => set)),
        ["nobody asked for a change set"] = ("origin", static (run, random) => Again(run, random, static (_, set) =>
        {
            set["op"] = "nobody";
            set["changes"]!.AsArray().Clear();
            set["changes"]!.AsArray().Add(new JsonObject { ["key"] = "k0", ["value"] = 999_999 });
            return set;
        })),
        ["half of a change set is in the log"] = ("origin", static (run, random) =>
            Any(run.Logs.First().Where(static set => set!["changes"]!.AsArray().Count > 1), random) is { } whole
            && run.Logs.All(log => Drop(Find(log, (long)whole["revision"]!)["changes"]!.AsArray(), 0))),
        ["a condition did not hold"] = ("conditions", static (run, random) =>
            Any(Answers(run, "ok", static invoke => Is(invoke, "cas")), random) is { } pair && Set(pair.Invoke, "ifRevision", (long)pair.Invoke["ifRevision"]! + 1)),
        ["a write overtakes one that was answered before it began"] = ("order", Overtake),
        ["a read sees what was overwritten before it began"] = ("reads", static (run, random) => Stale(run, random, "linearizable")),
        ["a read sees what was overwritten, by the answers alone"] = ("register", static (run, random) => Stale(run, random, "linearizable")),
        ["a read sees what nobody wrote"] = ("register", static (run, random) =>
            Any(Answers(run, "ok", static invoke => (string?)invoke["consistency"] == "linearizable"), random) is { } pair && Set(pair.Answer, "value", 999_999)),
        ["a local read sees what its state does not have"] = ("local-reads", static (run, random) =>
            Any(Answers(run, "ok", static invoke => (string?)invoke["consistency"] == "local"), random) is { } pair && Set(pair.Answer, "value", 999_999)),
        ["an event is missing"] = ("events", static (run, random) => Among(run, random, "events-", "event", static (file, at) => Drop(file, at))),
        ["an event comes twice"] = ("events", static (run, random) => Among(run, random, "events-", "event", static (file, at) => Insert(file, at))),
        ["an event has another value"] = ("events", static (run, random) =>
            Any(run.LinesOf("events-").SelectMany(static line => line["changes"]?.AsArray() ?? []).Where(static change => change!["value"] is not null), random) is { } change
            && Set(change.AsObject(), "value", 999_999)),
        ["two events change places"] = ("events", static (run, random) => Among(run, random, "events-", "event", Exchange)),
        ["a stream goes on too far behind"] = ("events", static (run, random) =>
            Any(run.LinesOf("events-").Where(static line => (string)line["kind"]! == "open" && (long)line["from"]! > 0), random) is { } open && Set(open, "from", 0)
            && IsFollowed(run, open)),
        ["a table has another value"] = ("tables", static (run, random) =>
            Any(run.LinesOf("programs-").Select(static line => line["values"]!.AsObject()).Where(static values => values.Count > 0), random) is { } values
            && Set(values, Any(values.Select(static value => value.Key), random)!, 999_999)),
        ["a table shows half of a change set"] = ("tables", Half),
        ["a table goes back"] = ("tables", static (run, random) => Any(run.FilesOf("programs-"), random) is { } name && run[name] is { Count: > 3 } file
            && (long)file[1]["revision"]! < (long)file[^1]["revision"]! && Insert(file, 1, file.Count)),
        ["two hosts have applied something else"] = ("agreement", static (run, random) =>
            Any(run[Recording.Statuses].GroupBy(static line => (long)line["status"]!["appliedRevision"]!).Where(static group => group.Key > 0 && group.Count() > 1), random) is { } alike
            && Set(alike.Last()["status"]!["stateDigest"]!.AsObject(), "value", "another")),
        ["two hosts lead in one term"] = ("agreement", static (run, random) =>
            run[Recording.Statuses].Any(static line => (string)line["host"]! == "a")
            && Any(run[Recording.Statuses].Where(static line => (string)line["host"]! != "a"), random) is { } other && Set(other["status"]!.AsObject(), "role", "leader")),
        ["one host ends with another state"] = ("final", static (run, random) => Set(Any(run.LinesOf("final-"), random)!, "stateDigest", "another")),
        ["one table ends otherwise"] = ("final", static (run, random) => Set(Any(run.LinesOf("final-"), random)!, "tableDigest", "another")),
        ["one host ends with another flag"] = ("final", static (run, random) =>
            Any(Any(run.LinesOf("final-"), random)!["flags"]!.AsArray(), random) is { } flag && Set(flag.AsObject(), "value", 999_999)),
        ["the hosts are never equal again"] = ("healing", static (run, _) => Set(run["healed.json"][0], "equal", null)),
        ["the hosts are equal too late"] = ("healing", static (run, _) => Set(run["healed.json"][0], "equal", (long)run["healed.json"][0]["time"]! + 10_500_000_000)),
    };

    private static bool Stale(Recording run, Random random, string consistency)
    {
        // One that began after a version had been overwritten by an acknowledged write, and is now said to see that version.
        var writes = Answers(run, "ok", static invoke => Is(invoke, "write")).ToList();
        var (read, old) = Any(
            from seeing in Answers(run, "ok", invoke => (string?)invoke["consistency"] == consistency)
            from earlier in writes
            from later in writes
            where Same(earlier.Invoke, later.Invoke, "key") && Same(earlier.Invoke, seeing.Invoke, "key")
                && (long)earlier.Answer["time"]! < (long)later.Invoke["time"]! && (long)later.Answer["time"]! < (long)seeing.Invoke["time"]!
            select (seeing, earlier), random);
        if (read is null)
            return false;
        read.Answer["value"] = (long)old.Invoke["value"]!;
        read.Answer["revision"] = (long)old.Answer["revision"]!;
        read.Answer.Remove("at");
        return true;
    }

    /// <summary>Two writes, one after the other, change places in the log and in all that was seen.</summary>
    private static bool Overtake(Recording run, Random random)
    {
        var writes = Answers(run, "ok", static invoke => Is(invoke, "write")).ToList();
        var (first, second) = Any(from one in writes from other in writes where (long)one.Answer["time"]! < (long)other.Invoke["time"]! select (one, other), random);
        if (first is null)
            return false;
        var (low, high) = ((long)first.Answer["revision"]!, (long)second.Answer["revision"]!);
        foreach (var log in run.Logs)
        {
            var (one, other) = (Find(log, low), Find(log, high));
            (one["changes"], other["changes"]) = (other["changes"]!.DeepClone(), one["changes"]!.DeepClone());
            (one["op"], other["op"]) = (other["op"]!.DeepClone(), one["op"]!.DeepClone());
        }

        return Set(first.Answer, "revision", high) && Set(second.Answer, "revision", low);
    }

    private static bool Half(Recording run, Random random)
    {
        foreach (var set in run.Logs.First().Where(static set => set!["changes"]!.AsArray().Count > 1 && set["changes"]!.AsArray().All(static change => change!["value"] is not null)))
        {
            foreach (var file in run.FilesOf("programs-").Select(name => run[name]))
            {
                var at = file.FindIndex(line => (long)line["revision"]! == (long)set!["revision"]!);
                if (at < 1 || (long)file[at - 1]["revision"]! == (long)file[at]["revision"]!)
                    continue;
                var key = (string)set!["changes"]![0]!["key"]!;
                return Set(file[at]["values"]!.AsObject(), key, file[at - 1]["values"]![key]?.DeepClone());
            }
        }

        return false;
    }

    private static bool Again(Recording run, Random random, Func<Random, JsonObject, JsonObject> change)
    {
        if (Any(run.Logs.First().Where(static set => set!["changes"]![0]!["value"] is not null), random) is not { } set)
            return false;
        var again = change(random, set.DeepClone().AsObject());
        foreach (var final in run.LinesOf("final-"))
        {
            again["revision"] = (long)final["revision"]! + 1;
            final["revision"] = (long)final["revision"]! + 1;
            final["log"]!.AsArray().Add(again.DeepClone());
        }

        return true;
    }

    private static bool Forget(Recording run, long revision) =>
        run.Logs.All(log => log.Remove(Find(log, revision)));

    private static bool IsFollowed(Recording run, JsonObject open)
    {
        var file = run.FilesOf("events-").Select(name => run[name]).First(lines => lines.Contains(open));
        return file.IndexOf(open) + 1 is var next && next < file.Count && (string)file[next]["kind"]! == "event";
    }

    private static bool Among(Recording run, Random random, string beginning, string kind, Func<List<JsonObject>, int, bool> change)
    {
        var file = run[Any(run.FilesOf(beginning), random)!];
        // Not the last, without which nothing is missing.
        var places = Enumerable.Range(0, file.Count - 1).Where(at => (string)file[at]["kind"]! == kind && (string)file[at + 1]["kind"]! == kind).ToList();
        return places.Count > 0 && change(file, Any(places, random));
    }

    private static bool Exchange(List<JsonObject> file, int at)
    {
        (file[at], file[at + 1]) = (file[at + 1], file[at]);
        return true;
    }

    private static bool Insert(List<JsonObject> file, int from, int? to = null)
    {
        file.Insert(to ?? from, file[from].DeepClone().AsObject());
        return true;
    }

    private static bool Drop<T>(IList<T> list, int at)
    {
        list.RemoveAt(at);
        return true;
    }

    private static bool Set(JsonObject where, string name, JsonNode? value)
    {
        where[name] = value;
        return true;
    }

    private static bool Is(JsonObject invoke, params ReadOnlySpan<string> functions) => functions.Contains((string)invoke["f"]!);

    private static bool Same(JsonObject one, JsonObject other, string name) => (string?)one[name] == (string?)other[name];

    private static JsonObject Find(JsonArray log, long revision) => log.Single(set => (long)set!["revision"]! == revision)!.AsObject();

    private static T? Any<T>(IEnumerable<T> all, Random random) => all.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : default;

    private static IEnumerable<Pair> Answers(Recording run, string type, Func<JsonObject, bool> wanted)
    {
        var open = new Dictionary<int, JsonObject>();
        foreach (var line in run[Recording.Operations])
        {
            if ((string)line["type"]! == "invoke")
                open[(int)line["process"]!] = line;
            else if ((string)line["type"]! == type && open[(int)line["process"]!] is var invoke && wanted(invoke))
                yield return new Pair(invoke, line);
        }
    }
}
