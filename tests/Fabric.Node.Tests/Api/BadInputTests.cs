using System.Net;
using System.Net.Sockets;
using System.Text;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

/// <summary>Whatever is sent: a clear problem, nothing appended, nothing changed.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private TestNode _node = null!;
    private Fabric.Raft.FabricState _before = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(capacity: 2);
        await _node.PutAsync("kept", TestNode.Bool);
        _before = _node.Log.State;
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("", "empty")]
    [InlineData("{", "not valid JSON")]
    [InlineData("nonsense", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("""{"state":"ENABLED","state":"DISABLED"}""", "not valid JSON")]
    [InlineData("""{"state":"\ud800"}""", "surrogate")]
    [InlineData("""{"\ud800":1}""", "surrogate")]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("\"text\"", "object")]
    public async Task Broken_json_is_refused(string body, string reason)
    {
        var answer = await _node.PutAsync("flag", body);
        AssertRefused(answer, 400, "invalid-request");
        Assert.Contains(reason, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/flag")
        {
            Content = new ByteArrayContent(Encoding.Latin1.GetBytes("""{"state":"ENABLED","variants":{"ÿ":true}}""")),
        };
        request.Content.Headers.ContentType = new("application/json");
        var answer = await _node.SendAsync(request);
        AssertRefused(answer, 400, "invalid-request");
        Assert.Contains("UTF-8", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_nested_too_deeply_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
        AssertRefused(await _node.PutAsync("flag", $$$"""{"state":"ENABLED","variants":{"on":{{{deep}}}}}"""), 400, "invalid-request");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once()
    {
        var answer = await _node.SendAsync(HttpMethod.Put, "/api/v1/flags/flag?waits=fleet",
            """{"state":"MAYBE","variants":{"on":true,"off":"no"},"defaultVariant":"gone","metaData":{}}""", ("Idempotency-Key", "not-a-uuid"), ("If-Match", "5"));

        AssertRefused(answer, 400, "invalid-request");
        Assert.Equal(["?waits", "Idempotency-Key", "If-Match", "/metaData", "/state", "/variants/off", "/defaultVariant"], answer.ErrorPaths);
    }

    [Theory]
    [InlineData("""[["on",101],["off",-1]]""", "/targeting/fractional/1/1")]
    [InlineData("""[["on",2147483648]]""", "/targeting/fractional/0/1")]
    [InlineData("""[["on",12.5],["off",87.5]]""", "/targeting/fractional/0/1")]
    [InlineData("""[["on",0],["off",0]]""", "/targeting/fractional")]
    [InlineData("""[["on",25],["gone",75]]""", "/targeting/fractional/1/0")]
    public async Task Shares_that_make_no_sense_are_refused(string fractional, string path)
    {
        var answer = await _node.PutAsync("flag", $$$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":{{{fractional}}}}}""");
        AssertRefused(answer, 400, "invalid-request");
        Assert.Contains(path, answer.ErrorPaths);
    }

    [Fact]
    public async Task A_key_of_64_bytes_is_refused_in_the_address_and_in_a_change_set()
    {
        var key = new string('k', 64);
        AssertRefused(await _node.PutAsync(key, TestNode.Bool), 400, "invalid-request");
        var answer = await ChangesAsync($$$"""{"changes":[{"put":{"key":"{{{key}}}","definition":{{{TestNode.Bool}}}}}]}""");
        AssertRefused(answer, 400, "invalid-request");
        Assert.Equal(["/changes/0/key"], answer.ErrorPaths);
    }

    [Fact]
    public async Task Two_mebibytes_with_their_length_are_refused_before_any_is_sent()
    {
        // A client that sends on may find the connection closed before it reads why.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _node.Host.Addresses[0].Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("PUT /api/v1/flags/flag HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2097152\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_mebibytes_in_chunks_are_refused_before_they_are_all_sent()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _node.Host.Addresses[0].Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("PUT /api/v1/flags/flag HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        for (var i = 0; i < 17; i++)
            await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Same(_before, _node.Log.State);
    }

    [Fact]
    public async Task A_length_that_promises_two_mebibytes_is_refused_at_once()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _node.Host.Addresses[0].Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("PUT /api/v1/flags/flag HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2097152\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/flag") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(TestNode.Bool)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        AssertRefused(await _node.SendAsync(request), 415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/flag") { Content = new StringContent(TestNode.Bool, Encoding.UTF8, "application/json") };
        AssertRefused(await _node.SendAsync(request, ("Content-Encoding", "gzip")), 415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_flag_beyond_the_capacity_is_507_and_there_is_room_again_after_a_delete()
    {
        await _node.PutAsync("second", TestNode.Bool);
        _before = _node.Log.State;
        var answer = await _node.PutAsync("third", TestNode.Bool);
        Assert.Equal((507, "full", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Same(_before.Flags, _node.Log.State.Flags);

        await _node.SendAsync(HttpMethod.Delete, "/api/v1/flags/second");
        Assert.Equal(201, (await _node.PutAsync("third", TestNode.Bool)).Status);
    }

    [Theory]
    [InlineData("GET", "/api/v2/flags", 404, "unknown-route")]
    [InlineData("POST", "/api/v1/flags/flag", 405, "method-not-allowed")]
    [InlineData("GET", "/api/v1/changes", 405, "method-not-allowed")]
    [InlineData("PUT", "/api/v1/flags", 405, "method-not-allowed")]
    [InlineData("GET", "/api/v1/flags?limit=0", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/flags?limit=x", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/flags?limit=1&limit=2", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/flags?consistency=eventual", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/flags?minRevision=-1", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/flags?colour=red", 400, "invalid-request")]
    public async Task A_request_that_nothing_here_takes_is_a_problem(string method, string path, int status, string kind)
    {
        var answer = await _node.SendAsync(new HttpMethod(method), path, method == "GET" ? null : TestNode.Bool);
        Assert.Equal((status, kind, "application/problem+json"), (answer.Status, answer.Kind, answer.Type));
        if (status == 405)
            Assert.NotEmpty(answer.Response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("""{"changes":[]}""", "/changes")]
    [InlineData("""{}""", "/changes")]
    [InlineData("""{"changes":[{"put":{"key":"a"}}]}""", "/changes/0/put/definition")]
    [InlineData("""{"changes":[{"put":{},"delete":{}}]}""", "/changes/0")]
    [InlineData("""{"changes":[{"delete":{"key":"kept","ifRevision":-1}}]}""", "/changes/0/delete/ifRevision")]
    [InlineData("""{"changes":[{"delete":{"key":"kept"}},{"delete":{"key":"kept"}}]}""", "/changes/1/key")]
    [InlineData("""{"changes":[{"delete":{"key":"kept","colour":1}}]}""", "/changes/0/delete/colour")]
    [InlineData("""{"changes":[{"delete":{"key":"kept"}}],"message":5}""", "/message")]
    [InlineData("""{"changes":[{"delete":{"key":"kept"}}],"colour":5}""", "/colour")]
    [InlineData("""{"changes":[5]}""", "/changes/0")]
    public async Task A_change_set_that_makes_no_sense_is_refused(string body, string path)
    {
        var answer = await ChangesAsync(body);
        AssertRefused(answer, 400, "invalid-request");
        Assert.Equal([path], answer.ErrorPaths);
    }

    [Fact]
    public async Task A_change_set_with_too_many_changes_or_bytes_is_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, 129).Select(i => $$$"""{"delete":{"key":"k{{{i}}}"}}"""));
        AssertRefused(await ChangesAsync($$"""{"changes":[{{many}}]}"""), 400, "invalid-request");

        var big = $$$"""{"state":"ENABLED","variants":{"a":"{{{new string('x', 40_000)}}}"}}""";
        AssertRefused(await ChangesAsync($$$"""{"changes":[{"put":{"key":"a","definition":{{{big}}}}},{"put":{"key":"b","definition":{{{big}}}}}]}"""), 413, "too-large");
    }

    [Fact]
    public async Task Half_of_a_change_set_is_never_applied()
    {
        var answer = await ChangesAsync($$$"""{"changes":[{"put":{"key":"kept","definition":{{{TestNode.Bool}}}}},{"delete":{"key":"absent"}}]}""");
        Assert.Equal((404, "flag-not-found", "absent"), (answer.Status, answer.Kind, answer.Body.GetProperty("key").GetString()));
        var conflict = await ChangesAsync($$$"""{"changes":[{"put":{"key":"new","definition":{{{TestNode.Bool}}}}},{"delete":{"key":"kept","ifRevision":77}}]}""");
        Assert.Equal((409, "conflict", 2), (conflict.Status, conflict.Kind, conflict.Body.GetProperty("actualRevision").GetInt64()));
        Assert.Same(_before.Flags, _node.Log.State.Flags);
    }

    [Fact]
    public async Task Random_bytes_never_make_a_server_error()
    {
        var random = new Random(20261122);
        var seed = Encoding.UTF8.GetBytes("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","targeting":{"fractional":[["on",25],["off",75]]}}""");
        for (var i = 0; i < 400; i++)
        {
            var bytes = seed.ToArray();
            for (var edits = random.Next(1, 5); edits > 0; edits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/kept") { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new("application/json");
            Assert.InRange((await _node.SendAsync(request)).Status, 200, 499);
        }
    }

    private Task<Answer> ChangesAsync(string body) => _node.SendAsync(HttpMethod.Post, "/api/v1/changes", body);

    private void AssertRefused(Answer answer, int status, string kind)
    {
        Assert.Equal((status, kind, "application/problem+json", "no"),
            (answer.Status, answer.Kind, answer.Type, answer.Body.GetProperty("applied").GetString()));
        Assert.Same(_before, _node.Log.State);
    }
}
