using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class WatchCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task Changes_are_shown_as_they_happen_although_the_first_endpoint_is_dead()
    {
        var before = await RevisionAsync();
        using var watch = new Watching("--url", $"http://127.0.0.1:1,{node.Url}", "--after", $"{before}", "--keys", "shop-*");
        await node.RunAsync("flag", "set", "shop-a", "--default", "on", "-m", "why not", "--as", "anna");
        await node.RunAsync("flag", "set", "other", "--default", "on");
        await node.RunAsync("flag", "delete", "shop-a");

        var lines = await watch.LinesAsync(2);

        Assert.Matches($"^{before + 1}  [0-9T:.-]+Z  anna  shop-a created  \\(why not\\)$", lines[0]);
        Assert.Matches($"^{before + 3}  .*  shop-a deleted$", lines[1]);
        Assert.Contains("127.0.0.1:1: ", watch.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_apis_own_event_one_a_line()
    {
        var before = await RevisionAsync();
        using var watch = new Watching("--url", node.Url, "--after", $"{before}", "-o", "json");
        await node.RunAsync("flag", "set", "json", "--default", "on");

        using var document = JsonDocument.Parse((await watch.LinesAsync(1))[0]);

        Assert.Equal("json", document.RootElement.GetProperty("changes")[0].GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_revision_that_the_fabric_never_had_exits_4()
    {
        // Said by every node of the list, once each.
        var gone = await Cli.RunAsync("", "watch", "--after", "100000000", "--url", $"{node.Url},{node.Url}");
        Assert.Equal(4, gone.Code);
        Assert.Contains("answered 410", gone.Error, StringComparison.Ordinal);
        Assert.Contains("never had", gone.Error, StringComparison.Ordinal);
    }

    private async Task<long> RevisionAsync()
    {
        await node.RunAsync("flag", "set", "before", "--default", "on");
        var get = await node.RunAsync("flag", "get", "before", "-o", "json");
        using var document = JsonDocument.Parse(get.Out);
        return long.Parse(document.RootElement.GetProperty("revision").GetRawText(), CultureInfo.InvariantCulture);
    }

    /// <summary>The command while it runs; it has no end of its own.</summary>
    private sealed class Watching : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        private readonly StringWriter _output = new();
        private readonly StringWriter _errors = new();
        private readonly Task _run;

        public Watching(params string[] args)
        {
            var terminal = new Terminal(TextReader.Null, TextWriter.Synchronized(_output), TextWriter.Synchronized(_errors), IsInteractive: false);
            _run = FabricCommand.RunAsync(["watch", .. args], terminal, static _ => throw new InvalidOperationException("no node is started here"), _stop.Token);
        }

        public string Errors => _errors.ToString();

        public async Task<string[]> LinesAsync(int count)
        {
            var watch = Stopwatch.StartNew();
            while (true)
            {
                var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
                if (lines.Length >= count)
                    return lines;
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{lines.Length} of {count} lines came: {_output} {_errors}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        public void Dispose()
        {
            _stop.Cancel();
            _run.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(20));
            _stop.Dispose();
        }
    }
}
