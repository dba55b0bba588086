using System.Diagnostics;
using Fabric.Node.Telemetry;
using Fabric.Node.Tests.Fakes;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Fabric.Telemetry.Tests;

public sealed class TraceTests
{
    [Fact]
    public async Task A_trace_shows_one_writes_whole_way_over_two_nodes_to_both_tables()
    {
        var spans = new List<Activity>();
        using var provider = Exporting.Trace(Sdk.CreateTracerProviderBuilder()).AddInMemoryExporter(spans).Build();
        await using var fleet = new RealFleet();
        await fleet.StartVotersAsync();
        // Once written to, there is a leader that everybody knows.
        await fleet.ConvergesAsync(await fleet.WriteAsync("a", "first"));
        var leader = (await fleet.NodeAsync("a")).GetProperty("leader").GetString()!;
        var follower = fleet.Names.First(name => name != leader);

        var trace = ActivityTraceId.CreateRandom();
        // The client of a program that is not traced: only its header says so.
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(fleet.UrlOf(follower), "/api/v1/flags/traced"))
        {
            Content = new StringContent(TestNode.Bool, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Activity[] Of() => [.. spans.ToArray().Where(span => span?.TraceId == trace)];
        await Eventually.HoldsAsync(() => Task.FromResult(Of().Count(static span => span.OperationName == "table write") == 2),
            () => string.Join(", ", Of().Select(static span => span.OperationName)));

        var all = Of();
        var served = Assert.Single(all, static span => span is { Kind: ActivityKind.Server } && span.DisplayName.StartsWith("PUT", StringComparison.Ordinal));
        var write = Assert.Single(all, static span => span.OperationName == "write");
        var forward = Assert.Single(all, static span => span.OperationName == "forward");
        var asked = Assert.Single(all, span => span.Kind == ActivityKind.Client && span.ParentSpanId == forward.SpanId);
        var leads = Assert.Single(all, span => span.Kind == ActivityKind.Server && span.ParentSpanId == asked.SpanId);
        var propose = Assert.Single(all, span => span.OperationName == "propose" && span.ParentSpanId == leads.SpanId);
        Assert.Equal(served.SpanId, write.ParentSpanId);
        Assert.Equal(write.SpanId, forward.ParentSpanId);
        Assert.Equal(propose.SpanId, Assert.Single(all, static span => span.OperationName == "commit").ParentSpanId);
        Assert.Equal(propose.SpanId, Assert.Single(all, static span => span.OperationName == "apply").ParentSpanId);
        Assert.Equal("applied", write.GetTagItem(Instruments.Outcome));
        Assert.Equal(leader, forward.GetTagItem("fabric.leader"));
        var tables = all.Where(static span => span.OperationName == "table write").ToArray();
        Assert.Equal(new HashSet<ActivitySpanId> { forward.SpanId, leads.SpanId }, tables.Select(static span => span.ParentSpanId).ToHashSet());
        Assert.All(tables, span => Assert.Equal(write.GetTagItem("fabric.revision"), span.GetTagItem("fabric.revision")));
    }

    [Fact]
    public async Task Probes_scrapes_and_errands_of_the_node_are_no_traces()
    {
        var spans = new List<Activity>();
        using var provider = Exporting.Trace(Sdk.CreateTracerProviderBuilder()).AddInMemoryExporter(spans).Build();
        await using var host = await new OneHost().StartAsync();
        await host.ScrapeAsync();
        using (var http = new HttpClient())
            await http.GetStringAsync(new Uri(host.Url, "/readyz"), TestContext.Current.CancellationToken);
        await host.BusyAsync();

        Assert.Contains(spans.ToArray(), static span => span.OperationName == "write");
        Assert.DoesNotContain(spans.ToArray(), static span => span.GetTagItem("url.path") is "/metrics" or "/readyz" && span.Kind == ActivityKind.Server);
    }

    [Fact]
    public async Task Nobody_listening_there_are_no_spans()
    {
        await using var host = await new OneHost().StartAsync();
        await host.BusyAsync();
        Assert.False(Instruments.Source.HasListeners());
        Assert.False(Instruments.TableSource.HasListeners());
    }
}
