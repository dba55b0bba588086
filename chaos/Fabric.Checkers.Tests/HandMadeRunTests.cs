using Fabric.Chaos.Validate;

namespace Fabric.Checkers.Tests;

/// <summary>A small run written by hand, and what each checker says when one thing in it is otherwise.</summary>
public sealed class HandMadeRunTests : IDisposable
{
    private static readonly Dictionary<string, string> Good = new()
    {
        ["run.json"] = """{"seed":7,"hosts":[{"name":"a","voter":true},{"name":"b","voter":true}],"ended":true}""",
        ["operations.jsonl"] = """
            {"time":10,"process":1,"type":"invoke","f":"write","host":"a","op":"01","key":"x","value":1}
            {"time":20,"process":1,"type":"ok","revision":5}
            {"time":30,"process":1,"type":"invoke","f":"cas","host":"b","op":"02","key":"x","value":2,"ifRevision":5}
            {"time":40,"process":1,"type":"ok","revision":7}
            {"time":41,"process":2,"type":"invoke","f":"cas","host":"b","op":"03","key":"x","value":3,"ifRevision":5}
            {"time":45,"process":2,"type":"fail","status":412,"conflict":true}
            {"time":50,"process":1,"type":"invoke","f":"read","host":"b","key":"x","consistency":"linearizable"}
            {"time":60,"process":1,"type":"ok","value":2,"revision":7,"at":8}
            {"time":61,"process":2,"type":"invoke","f":"changes","host":"a","op":"04","changes":[{"key":"x","value":4},{"key":"y","value":5}]}
            {"time":65,"process":2,"type":"info"}
            {"time":70,"process":1,"type":"invoke","f":"read","host":"b","key":"x","consistency":"local","minRevision":8}
            {"time":75,"process":1,"type":"ok","value":2,"revision":7,"at":7}
            {"time":90,"process":1,"type":"invoke","f":"delete","host":"b","op":"05","key":"y"}
            {"time":95,"process":1,"type":"ok","revision":10}
            {"time":96,"process":1,"type":"invoke","f":"read","host":"b","key":"y","consistency":"linearizable"}
            {"time":99,"process":1,"type":"ok","value":null}
            """,
        ["events-b-0.jsonl"] = """
            {"time":1,"kind":"open","from":0,"host":"b"}
            {"time":25,"kind":"event","revision":5,"changes":[{"key":"x","value":1}],"host":"b"}
            {"time":42,"kind":"event","revision":7,"changes":[{"key":"x","value":2}],"host":"b"}
            {"time":43,"kind":"closed"}
            {"time":44,"kind":"open","from":7,"host":"a"}
            {"time":80,"kind":"event","revision":9,"changes":[{"key":"x","value":4},{"key":"y","value":5}],"host":"a"}
            {"time":97,"kind":"event","revision":10,"changes":[{"key":"y","deleted":true}],"host":"a"}
            """,
        ["programs-a-0.jsonl"] = """
            {"time":26,"revision":5,"generation":2,"values":{"x":1,"y":null}}
            {"time":47,"revision":8,"generation":3,"values":{"x":2,"y":null}}
            {"time":81,"revision":9,"generation":4,"values":{"x":4,"y":5}}
            """,
        ["status.jsonl"] = """
            {"time":24,"host":"a","status":{"pid":1,"role":"leader","term":2,"appliedRevision":5,"stateDigest":{"index":5,"value":"d5"}}}
            {"time":26,"host":"b","status":{"pid":2,"role":"follower","term":0,"appliedRevision":0}}
            {"time":27,"host":"b","status":{"pid":2,"role":"follower","term":2,"appliedRevision":5,"stateDigest":{"index":5,"value":"d5"}}}
            {"time":28,"host":"c","error":"refused"}
            """,
        ["faults.jsonl"] = """{"time":46,"fault":"kill","phase":"begin","hosts":["a"],"detail":{}}""",
        ["final-a.json"] = Final("a"),
        ["final-b.json"] = Final("b"),
        ["healed.json"] = """{"time":1000,"equal":2000}""",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Final(string host) =>
        $$"""{"host":"{{host}}","revision":10,"since":0,"stateDigest":"s","tableDigest":"t","tableRevision":10,"flags":[{"key":"x","value":4,"revision":9}],"""
        + "\"log\":[" + """{"revision":5,"op":"01","changes":[{"key":"x","value":1}]},{"revision":7,"op":"02","changes":[{"key":"x","value":2}]},"""
        + """{"revision":9,"op":"04","changes":[{"key":"x","value":4},{"key":"y","value":5}]},{"revision":10,"op":"05","changes":[{"key":"y","deleted":true}]}]}""";

    [Fact]
    public void All_promises_are_kept_in_the_run_as_it_stands()
    {
        var findings = Validate("run.json", "", "");
        Assert.Equal(Validation.Checkers.Select(static checker => checker.Name), findings.Select(static finding => finding.Checker));
        Assert.All(findings, static finding => Assert.Equal(Judgement.Ok, finding.Judgement));
        Assert.Equal(0, Validation.ExitCode([.. findings]));
    }

    [Theory]
    [InlineData("log", "final-b.json", "\"value\":2}", "\"value\":6}", "b has 7: x=6, another host has 7: x=2")]
    [InlineData("log", "final-b.json", "{\"revision\":9,\"op\":\"04\",\"changes\":[{\"key\":\"x\",\"value\":4},{\"key\":\"y\",\"value\":5}]},", "", "b, which came to 10, lacks 9: x=4, y=5")]
    [InlineData("acknowledged", "operations.jsonl", "\"ok\",\"revision\":7}", "\"ok\",\"revision\":6}", "line 3 (cas x=2 at b) was acknowledged at revision 6, which the log does not have; it is at 7")]
    [InlineData("acknowledged", "operations.jsonl", "\"op\":\"01\"", "\"op\":\"99\"", "line 1 (write x=1 at a) was acknowledged at revision 5, where the log has 5: x=1")]
    [InlineData("refused", "operations.jsonl", "{\"time\":65,\"process\":2,\"type\":\"info\"}", "{\"time\":65,\"process\":2,\"type\":\"fail\"}", "was refused, and the log has 9: x=4, y=5")]
    [InlineData("once", "operations.jsonl", "\"ok\",\"revision\":7}", "\"ok\",\"revision\":5}", "were both acknowledged at revision 5")]
    [InlineData("origin", "operations.jsonl", "{\"key\":\"x\",\"value\":4},", "", "(changes y=5 at a) is in the log as 9: x=4, y=5")]
    [InlineData("origin", "operations.jsonl", "\"value\":1}", "\"value\":8}", "line 1 (write x=8 at a) is in the log as 5: x=1")]
    [InlineData("conditions", "operations.jsonl", "\"value\":2,\"ifRevision\":5", "\"value\":2,\"ifRevision\":4", "took effect at revision 7 on \"x is at revision 4\", when its revision was 5")]
    [InlineData("conditions", "operations.jsonl", "\"value\":3,\"ifRevision\":5", "\"value\":3,\"ifRevision\":7", "was refused for a condition, and \"x is at revision 7\" held all the time")]
    [InlineData("order", "events-b-0.jsonl", "{\"time\":42,", "{\"time\":29,", "(cas x=2 at b) took effect at revision 7, and 7 had been seen before it began")]
    [InlineData("reads", "operations.jsonl", "\"value\":2,\"revision\":7,\"at\":8}", "\"value\":1,\"revision\":5}", "saw 1 of revision 5, which it was at no revision from 7 to 7; before it began, somebody had seen 7, where it is 2 since 7")]
    [InlineData("reads", "operations.jsonl", "\"value\":2,\"revision\":7,\"at\":8}", "\"value\":1,\"revision\":5,\"at\":6}", "was answered by the state of revision 6, and before it began, somebody had seen 7")]
    [InlineData("reads", "operations.jsonl", "\"value\":2,\"revision\":7,\"at\":8}", "\"value\":1,\"revision\":5,\"at\":8}", "saw 1 of revision 5 in the state of revision 8, where it is 2 since 7")]
    [InlineData("local-reads", "operations.jsonl", "\"at\":7}", "\"at\":6}", "saw 2 of revision 7 in the state of revision 6, where it is 1 since 5")]
    [InlineData("local-reads", "operations.jsonl", "\"value\":2,\"revision\":7,\"at\":7}", "\"value\":1,\"revision\":5,\"at\":6}", "was answered by the state of revision 6, and it asked for 7")]
    [InlineData("register", "operations.jsonl", "\"value\":2,\"revision\":7,\"at\":8}", "\"value\":1,\"revision\":7,\"at\":8}", "key x: the operation of line 7 read 1, which no order explains")]
    [InlineData("events", "events-b-0.jsonl", "\"open\",\"from\":7", "\"open\",\"from\":5", "9: x=4, y=5 came next after revision 5, and 7: x=2 is missing")]
    [InlineData("events", "events-b-0.jsonl", "\"open\",\"from\":7", "\"open\",\"from\":9", "9: x=4, y=5 came after revision 9")]
    [InlineData("events", "events-b-0.jsonl", "{\"key\":\"x\",\"value\":4},", "", "it told 9: y=5, and the log has 9: x=4, y=5")]
    [InlineData("events", "events-b-0.jsonl", "\"revision\":9", "\"revision\":8", "8: x=4, y=5 is not in the log")]
    [InlineData("tables", "programs-a-0.jsonl", "{\"x\":4,\"y\":5}", "{\"x\":4,\"y\":null}", "the table of revision 9 has nothing for y, the log 5 since 9")]
    [InlineData("tables", "programs-a-0.jsonl", "\"revision\":9", "\"revision\":4", "the table went back from revision 8 to 4")]
    [InlineData("agreement", "status.jsonl", "\"follower\"", "\"leader\"", "a and b both led in term 2")]
    [InlineData("agreement", "status.jsonl", "\"host\":\"b\",\"status\":{\"pid\":2,\"role\":\"follower\",\"term\":2", "\"host\":\"a\",\"status\":{\"pid\":2,\"role\":\"follower\",\"term\":1", "a went back from term 2 to 1")]
    [InlineData("final", "final-b.json", "\"tableDigest\":\"t\"", "\"tableDigest\":\"u\"", "b has the table u, a t")]
    [InlineData("final", "final-b.json", "\"tableRevision\":10", "\"tableRevision\":9", "the table of b is at revision 9, the log at 10")]
    [InlineData("final", "final-b.json", "{\"key\":\"x\",\"value\":4,\"revision\":9}", "", "b has nothing of revision 0 for x, the log 4 since 9")]
    [InlineData("healing", "healed.json", "2000}", "null}", "the hosts were never equal again")]
    public void One_thing_otherwise_is_said_by_its_checker(string checker, string file, string old, string now, string says)
    {
        Assert.Contains(old, Good[file], StringComparison.Ordinal);
        var findings = Validate(file, old, now);
        var finding = Assert.Single(findings, finding => finding.Checker == checker);
        Assert.Equal(Judgement.Illegal, finding.Judgement);
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
        Assert.Equal(1, Validation.ExitCode([.. findings]));
    }

    [Theory]
    [InlineData("programs-a-0.jsonl", "tables")]
    [InlineData("events-b-0.jsonl", "events")]
    [InlineData("healed.json", "healing")]
    [InlineData("final-b.json", "final")]
    [InlineData("run.json", "run")]
    public void What_was_not_recorded_is_unknown(string file, string checker)
    {
        var findings = Validate(file, Good[file], "");
        Assert.Equal(Judgement.Unknown, Assert.Single(findings, finding => finding.Checker == checker).Judgement);
        Assert.Equal(2, Validation.ExitCode([.. findings]));
    }

    [Fact]
    public void A_run_that_did_not_end_is_unknown_even_where_all_else_is_well()
    {
        Assert.Equal(2, Validation.ExitCode([.. Validate("run.json", "\"ended\":true", "\"ended\":false")]));
    }

    [Fact]
    public void A_run_whose_hosts_nobody_asked_at_the_end_breaks_no_promise()
    {
        WriteGood();
        File.Delete(In("final-a.json"));
        File.Delete(In("final-b.json"));
        Assert.Equal(Judgement.Unknown, Assert.Single(Validation.Of(_folder)).Judgement);
    }

    [Fact]
    public void Another_life_of_a_host_may_begin_further_back_than_the_last_one_ended()
    {
        const string Reads = """
            {"time":100,"process":3,"type":"invoke","f":"read","host":"a","key":"x","consistency":"local"}
            {"time":101,"process":3,"type":"ok","value":4,"revision":9,"at":9}
            {"time":300,"process":3,"type":"invoke","f":"read","host":"a","key":"x","consistency":"local"}
            {"time":301,"process":3,"type":"ok","value":2,"revision":7,"at":7}
            """;
        const string Lives = """
            {"time":120,"host":"a","status":{"pid":1,"term":1}}
            {"time":200,"host":"a","status":{"pid":PID,"term":1}}
            """;
        foreach (var (pid, expected) in new[] { ("9", Judgement.Ok), ("1", Judgement.Illegal) })
        {
            WriteGood();
            File.AppendAllText(In("operations.jsonl"), "\n" + Reads);
            File.AppendAllText(In("status.jsonl"), "\n" + Lives.Replace("PID", pid, StringComparison.Ordinal));
            Assert.Equal(expected, Validation.Of(_folder, ["local-reads"]).Single().Judgement);
        }
    }

    [Fact]
    public void The_command_prints_a_line_a_checker_and_one_for_the_run()
    {
        WriteGood();
        using var output = new StringWriter();
        Assert.Equal(0, Chaos.ChaosCommand.Build(output, TextWriter.Null).Parse(["validate", _folder]).Invoke());
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(Validation.Checkers.Count + 1, lines.Length);
        Assert.Equal($"{_folder} OK", lines[^1]);
        Assert.Equal(2, Chaos.ChaosCommand.Build(output, TextWriter.Null).Parse(["validate", _folder, "--only", "nothing"]).Invoke());
    }

    [Fact]
    public void The_page_of_a_run_shows_every_judgement_and_the_operations_around_the_evidence_and_loads_nothing()
    {
        WriteGood();
        File.WriteAllText(In("programs-a-0.jsonl"), Good["programs-a-0.jsonl"].Replace("{\"x\":4,\"y\":5}", "{\"x\":4,\"y\":null}", StringComparison.Ordinal));
        using var output = new StringWriter();
        Assert.Equal(0, Chaos.ChaosCommand.Build(output, TextWriter.Null).Parse(["report", _folder]).Invoke());
        var page = File.ReadAllText(output.ToString().Trim());
        Assert.All(Validation.Checkers, checker => Assert.Contains($"<td>{checker.Name}<td", page, StringComparison.Ordinal));
        Assert.Contains("<td class='ILLEGAL'>ILLEGAL<td>programs-a-0, line 3", page, StringComparison.Ordinal);
        foreach (var shown in new[] { "a leads in term 2", "kill a, ", "revisions that programs-a-0 saw", "line 11 (read x at b) saw 2, revision 7 at 7", "line 9 (changes x=4, y=5 at a): its outcome is unknown" })
            Assert.Contains(shown, page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)(src|href)\\s*=|url\\(|@import|<script", page);
    }

    private string In(string file) => Path.Combine(_folder, file);

    private void WriteGood()
    {
        foreach (var (name, text) in Good)
            File.WriteAllText(In(name), text);
    }

    private IReadOnlyList<Finding> Validate(string file, string old, string now)
    {
        WriteGood();
        if (old.Length > 0)
            File.WriteAllText(In(file), Good[file].Replace(old, now, StringComparison.Ordinal));
        if (now.Length == 0 && old == Good[file])
            File.Delete(In(file));
        return Validation.Of(_folder);
    }
}
