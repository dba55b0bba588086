using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

public sealed class FlagsApiTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_new_flag_is_created_and_the_next_put_replaces_it()
    {
        var created = await _node.PutAsync("checkout", TestNode.Bool);
        var replaced = await _node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal((201, 200), (created.Status, replaced.Status));
        Assert.Equal("checkout", created.Body.GetProperty("key").GetString());
        Assert.Equal(["kernel", "process", "http"], created.Body.GetProperty("evaluableIn").EnumerateArray().Select(part => part.GetString()));
        Assert.Equal($"\"{replaced.Revision}\"", replaced.ETag);
        Assert.True(replaced.Revision > created.Revision);
        Assert.Equal(_node.Log.State.AppliedIndex, replaced.Revision);
    }

    [Fact]
    public async Task What_get_answers_can_be_put_back()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var read = await _node.GetAsync("/api/v1/flags/checkout");
        var put = await _node.PutAsync("checkout", read.Body.GetRawText());

        Assert.Equal(200, put.Status);
        Assert.Equal(TestNode.Bool, put.Body.GetProperty("definition").GetRawText());
    }

    [Fact]
    public async Task A_flag_put_back_under_another_key_is_refused()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var read = await _node.GetAsync("/api/v1/flags/checkout");
        var put = await _node.PutAsync("other", read.Body.GetRawText());

        Assert.Equal(400, put.Status);
        Assert.Equal(["/key"], put.ErrorPaths);
    }

    [Fact]
    public async Task A_read_carries_its_revision_and_an_unchanged_flag_is_not_sent_again()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        var read = await _node.GetAsync("/api/v1/flags/checkout");
        var again = await _node.GetAsync("/api/v1/flags/checkout", ("If-None-Match", read.ETag!));
        var local = await _node.GetAsync($"/api/v1/flags/checkout?consistency=local&minRevision={put.Revision}");

        Assert.Equal((200, 304, 200), (read.Status, again.Status, local.Status));
        Assert.Equal($"{put.Revision}", read.Header("Fabric-Revision"));
        Assert.Equal($"{put.Revision}", again.Header("Fabric-Revision"));
    }

    [Fact]
    public async Task Keys_are_any_text_of_up_to_63_bytes_percent_encoded()
    {
        foreach (var key in new[] { "a b", "größe", "旗", "100%", "a%2Fb", "+", "a?b#c", new string('x', 63) })
        {
            var encoded = Uri.EscapeDataString(key);
            Assert.Equal(201, (await _node.PutAsync(encoded, TestNode.Bool)).Status);
            Assert.Equal(key, (await _node.GetAsync($"/api/v1/flags/{encoded}")).Body.GetProperty("key").GetString());
        }
    }

    [Theory]
    [InlineData("a%2Fb", "separates")]
    [InlineData("%2E%2E%2Fx", "separates")]
    [InlineData("%20a", "white space")]
    [InlineData("%ff", "UTF-8")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "63 bytes")]
    public async Task A_key_that_cannot_be_one_is_refused(string key, string reason)
    {
        var before = _node.Log.State;
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Get, HttpMethod.Delete, HttpMethod.Patch })
        {
            var answer = await _node.SendAsync(method, $"/api/v1/flags/{key}", method == HttpMethod.Get ? null : TestNode.Bool);
            Assert.Equal(400, answer.Status);
            Assert.Contains(reason, answer.Detail, StringComparison.Ordinal);
        }

        Assert.Same(before, _node.Log.State);
    }

    [Fact]
    public async Task Pages_follow_each_other_in_the_order_of_keys()
    {
        foreach (var key in new[] { "b", "d", "a", "c", "e" })
            await _node.PutAsync(key, TestNode.Bool);

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = (await _node.GetAsync($"/api/v1/flags?limit=2{(after is null ? "" : $"&after={after}")}")).Body;
            seen.AddRange(page.GetProperty("flags").EnumerateArray().Select(flag => flag.GetProperty("key").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        Assert.Equal(["a", "b", "c", "d", "e"], seen);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_leaves_the_rest()
    {
        await _node.PutAsync("checkout", """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",25],["off",75]]}}""");
        var patched = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"state":"DISABLED","metadata":{"owner":"web"}}""");
        var removed = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"targeting":null}""");

        Assert.Equal("""{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",25],["off",75]]},"metadata":{"owner":"web"}}""",
            patched.Body.GetProperty("definition").GetRawText());
        Assert.Equal("""{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"off","metadata":{"owner":"web"}}""",
            removed.Body.GetProperty("definition").GetRawText());
    }

    [Fact]
    public async Task Patches_at_once_are_all_kept()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var patches = Enumerable.Range(0, 4).Select(i =>
            _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", $$$"""{"metadata":{"m{{{i}}}":{{{i}}}}}"""));
        Assert.All(await Task.WhenAll(patches), answer => Assert.Equal(200, answer.Status));

        var metadata = (await _node.GetAsync("/api/v1/flags/checkout")).Body.GetProperty("definition").GetProperty("metadata");
        Assert.Equal(4, metadata.EnumerateObject().Count());
    }

    [Fact]
    public async Task A_patch_sent_twice_with_one_key_applies_once()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var id = Guid.NewGuid().ToString();
        var first = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"state":"DISABLED"}""", ("Idempotency-Key", id), ("If-Match", "\"2\""));
        var appended = _node.Log.Appended;
        var second = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"state":"DISABLED"}""", ("Idempotency-Key", id), ("If-Match", "\"2\""));

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(appended, _node.Log.Appended);
    }

    [Fact]
    public async Task A_patch_that_breaks_the_definition_is_refused_with_the_place()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var before = _node.Log.State;
        var answer = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"defaultVariant":"maybe"}""");

        Assert.Equal(400, answer.Status);
        Assert.Equal(["/defaultVariant"], answer.ErrorPaths);
        Assert.Same(before, _node.Log.State);
    }

    [Fact]
    public async Task A_condition_by_header_that_fails_is_412_with_the_actual_revision()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        var before = _node.Log.State.Flags;
        var answers = new[]
        {
            await _node.PutAsync("checkout", TestNode.Bool, ("If-None-Match", "*")),
            await _node.PutAsync("checkout", TestNode.Bool, ("If-Match", "\"99\"")),
            await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", "{}", ("If-Match", "\"99\"")),
            await _node.SendAsync(HttpMethod.Delete, "/api/v1/flags/checkout", null, ("If-Match", "\"99\"")),
        };

        Assert.All(answers, answer => Assert.Equal((412, "precondition-failed", put.Revision, "no"),
            (answer.Status, answer.Kind, answer.Body.GetProperty("actualRevision").GetInt64(), answer.Body.GetProperty("applied").GetString())));
        Assert.Same(before, _node.Log.State.Flags);
    }

    [Fact]
    public async Task A_flag_that_must_exist_and_does_not_is_412()
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            var answer = await _node.SendAsync(method, "/api/v1/flags/absent", TestNode.Bool, ("If-Match", "*"));
            Assert.Equal((412, 0), (answer.Status, answer.Body.GetProperty("actualRevision").GetInt64()));
        }
    }

    [Fact]
    public async Task Conditions_that_hold_let_the_write_through()
    {
        var created = await _node.PutAsync("checkout", TestNode.Bool, ("If-None-Match", "*"));
        var replaced = await _node.PutAsync("checkout", TestNode.Bool, ("If-Match", created.ETag!));
        var present = await _node.PutAsync("checkout", TestNode.Bool, ("If-Match", "*"));
        var patched = await _node.SendAsync(HttpMethod.Patch, "/api/v1/flags/checkout", """{"state":"DISABLED"}""", ("If-Match", present.ETag!));
        var deleted = await _node.SendAsync(HttpMethod.Delete, "/api/v1/flags/checkout", null, ("If-Match", patched.ETag!));

        Assert.Equal((201, 200, 200, 200, 200), (created.Status, replaced.Status, present.Status, patched.Status, deleted.Status));
        Assert.Equal("checkout", deleted.Body.GetProperty("key").GetString());
        Assert.True(deleted.Revision > patched.Revision);
    }

    [Fact]
    public async Task A_flag_that_is_not_there_is_404_for_every_method()
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Patch, HttpMethod.Delete })
        {
            var answer = await _node.SendAsync(method, "/api/v1/flags/absent", method == HttpMethod.Patch ? "{}" : null);
            Assert.Equal((404, "flag-not-found", "application/problem+json"), (answer.Status, answer.Kind, answer.Type));
        }
    }

    [Fact]
    public async Task A_flag_without_what_it_needs_is_409_and_nothing_is_applied()
    {
        var answer = await _node.PutAsync("user", TestNode.Needing("base"));

        Assert.Equal((409, "prerequisite", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Equal("user", answer.Body.GetProperty("key").GetString());
        Assert.Equal("\"user\" cannot be changed so: it needs the flag \"base\", which does not exist", answer.Detail);
        Assert.Equal(404, (await _node.GetAsync("/api/v1/flags/user")).Status);
    }

    [Fact]
    public async Task A_write_sent_twice_with_one_key_applies_once()
    {
        var id = Guid.NewGuid().ToString();
        var first = await _node.PutAsync("checkout", TestNode.Bool, ("Idempotency-Key", id));
        var second = await _node.PutAsync("checkout", TestNode.Bool, ("Idempotency-Key", id));
        var other = await _node.PutAsync("payment", TestNode.Bool, ("Idempotency-Key", id));

        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Kind));
        Assert.Equal(1, _node.Log.Appended);
    }

    [Fact]
    public async Task A_change_reaches_the_table()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        await Eventually.HoldsAsync(() => _node.Table.Revision == put.Revision);
        Assert.Equal(TestNode.Bool, _node.Table.Rows["checkout"]);
    }
}
