namespace Fabric.Checkers.Tests;

/// <summary>The command, by files as somebody else would write them.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("OK", 0, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":10}
        {"process":2,"type":"invoke","f":"read","key":"k","time":12}
        {"process":2,"type":"ok","f":"read","key":"k","value":1,"time":15}
        {"process":1,"type":"ok","f":"write","key":"k","value":1,"time":20}
        """)]
    [InlineData("ILLEGAL", 1, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":10}
        {"process":1,"type":"ok","f":"write","key":"k","value":1,"time":20}
        {"process":2,"type":"invoke","f":"read","key":"k","time":21}
        {"process":2,"type":"ok","f":"read","key":"k","value":null,"time":25}
        """)]
    [InlineData("OK", 0, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":10}
        {"process":1,"type":"info","f":"write","key":"k","value":1,"time":20}
        {"process":2,"type":"invoke","f":"read","key":"k","time":21}
        {"process":2,"type":"ok","f":"read","key":"k","value":null,"time":25}
        {"process":2,"type":"invoke","f":"read","key":"k","time":31}
        {"process":2,"type":"ok","f":"read","key":"k","value":1,"time":35}
        """)]
    [InlineData("ILLEGAL", 1, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":10}
        {"process":1,"type":"fail","f":"write","key":"k","value":1,"time":20}
        {"process":2,"type":"invoke","f":"read","key":"k","time":21}
        {"process":2,"type":"ok","f":"read","key":"k","value":1,"time":25}
        """)]
    [InlineData("ILLEGAL", 1, """
        {"process":1,"type":"invoke","f":"cas","key":"k","value":[null,2],"time":1}
        {"process":1,"type":"fail","f":"cas","key":"k","value":[null,2],"time":2}
        """)]
    [InlineData("OK", 0, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":{"a":1,"b":[1.0]},"time":1}
        {"process":1,"type":"ok","f":"write","key":"k","time":2}
        {"process":1,"type":"invoke","f":"cas","key":"k","value":[{"b":[1],"a":1},"x"],"time":3}
        {"process":1,"type":"ok","f":"cas","key":"k","value":[{"b":[1],"a":1},"x"],"time":4}
        {"process":1,"type":"invoke","f":"write","key":"other","value":1,"time":5}
        """)]
    [InlineData("ILLEGAL", 1, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":1}
        {"process":1,"type":"ok","f":"write","key":"k","value":1,"time":5}
        {"process":2,"type":"invoke","f":"read","key":"k","time":5}
        {"process":2,"type":"ok","f":"read","key":"k","value":null,"time":5}
        """)]
    [InlineData("OK", 0, """
        {"process":2,"type":"invoke","f":"read","key":"k","time":5}
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":5}
        {"process":1,"type":"ok","f":"write","key":"k","value":1,"time":5}
        {"process":2,"type":"ok","f":"read","key":"k","value":null,"time":5}
        """)]
    [InlineData("UNKNOWN", 2, """
        {"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":1}
        {"process":2,"type":"ok","f":"write","key":"k","value":1,"time":5}
        """)]
    [InlineData("UNKNOWN", 2, "{\"process\":1,\"type\":\"invoke\"")]
    public void A_history_is_judged(string word, int code, string history)
    {
        var file = Write("h.jsonl", history);
        var (ran, output) = Run("check", file);
        Assert.Equal(code, ran);
        Assert.StartsWith($"{file} {word} ", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd().Split('\n'));
    }

    [Fact]
    public void One_illegal_file_decides_over_one_that_is_unknown_and_each_has_its_line()
    {
        var ok = Write("ok", """{"process":1,"type":"invoke","f":"write","key":"k","value":1,"time":1}""");
        var illegal = Write("illegal", "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":\"k\",\"time\":1}\n{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"key\":\"k\",\"value\":7,\"time\":2}");
        var (code, output) = Run("check", ok, illegal, Path.Combine(_folder, "missing"));
        Assert.Equal(1, code);
        Assert.Equal(["OK", "ILLEGAL", "UNKNOWN"], output.TrimEnd().Split('\n').Select(static line => line.Split(' ')[1]));
        Assert.Equal(0, Run("check", "--initial", "7", illegal).Code);
        Assert.Equal(2, Run("check", ok, Path.Combine(_folder, "missing")).Code);
    }

    private static (int Code, string Output) Run(params string[] args)
    {
        using var output = new StringWriter();
        var code = Chaos.ChaosCommand.Build(output, TextWriter.Null).Parse(args).Invoke();
        return (code, output.ToString());
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
