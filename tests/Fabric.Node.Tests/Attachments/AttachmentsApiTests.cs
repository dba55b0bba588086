using System.Text.Json;
using Fabric.Flags.Attachments;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Attachments;

public sealed class AttachmentsApiTests : IAsyncLifetime
{
    private const string Route = "/api/v1/attachments";
    private const string App = """{"exe":"/opt/app","symbol":"is_enabled"}""";
    private static readonly string AppId = AttachmentId.Of("/opt/app", "is_enabled");
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task<Answer> PutAsync(string body, params (string, string)[] headers) => _node.SendAsync(HttpMethod.Put, Route, body, headers);

    private static JsonElement Host(Answer answer) => answer.Body.GetProperty("hosts")[0];

    private static (string?, string?) StateOf(JsonElement host) => (host.GetProperty("host").GetString(), host.GetProperty("state").GetString());

    [Fact]
    public async Task What_was_put_is_answered_with_its_revision_and_what_became_of_it_here()
    {
        _node.Door.Appear("/opt/app", "00112233");
        var put = await PutAsync("""{"exe":"/opt/app","symbol":"is_enabled","abi":"c","signature":"flag,key","buildIds":["00112233","AABBCCDD"],"message":"why"}""");

        Assert.Equal(201, put.Status);
        Assert.Equal(("a", "attached"), StateOf(Host(put)));
        Assert.Equal($"\"{put.Revision}\"", put.ETag);
        Assert.Equal("""["00112233","aabbccdd"]""", put.Body.GetProperty("buildIds").GetRawText());
        var file = Host(put).GetProperty("files")[0];
        Assert.Equal(
            """{"path":"/opt/app","container":null,"buildId":"00112233","probe":"nop5","abi":"c","state":"attached","reason":null}""", file.GetRawText());

        var listed = (await _node.GetAsync(Route)).Body.GetProperty("attachments");
        Assert.Equal(put.Body.GetRawText(), Assert.Single(listed.EnumerateArray()).GetRawText());
        Assert.Equal((AppId, 1), (put.Body.GetProperty("id").GetString(), _node.Door.Wanted!.Count));
    }

    [Fact]
    public async Task A_file_that_is_nowhere_yet_is_accepted_and_attached_when_it_comes()
    {
        var put = await PutAsync(App);
        Assert.Equal((201, ("a", "absent")), (put.Status, StateOf(Host(put))));
        Assert.Equal("there is no file /opt/app", Host(put).GetProperty("reason").GetString());

        _node.Door.Appear("/opt/app", null);
        var listed = (await _node.GetAsync(Route)).Body.GetProperty("attachments")[0];
        Assert.Equal(("a", "attached"), StateOf(listed.GetProperty("hosts")[0]));
    }

    [Fact]
    public async Task A_host_that_has_not_looked_in_time_is_said_to_be_so()
    {
        _node.Door.Hold();
        var put = await _node.SendAsync(HttpMethod.Post, $"{Route}?timeout=20ms", App);
        Assert.Equal((201, ("a", "pending")), (put.Status, StateOf(Host(put))));
        _node.Door.LetGo();
    }

    [Theory]
    [InlineData("""{"exe":"app","symbol":"f"}""", "/exe")]
    [InlineData("""{"exe":"/opt/../app","symbol":"f"}""", "/exe")]
    [InlineData("""{"exe":"/opt/app","symbol":""}""", "/symbol")]
    [InlineData("""{"exe":"/opt/app"}""", "/symbol")]
    [InlineData("""{"exe":7,"symbol":"f"}""", "/exe")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","abi":"rust"}""", "/abi")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","signature":"x"}""", "/signature")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","buildIds":["0011223"]}""", "/buildIds/0")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","buildIds":"00112233"}""", "/buildIds")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","message":5}""", "/message")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","offset":64}""", "/offset")]
    [InlineData("""{"exe":"/opt/app","symbol":"f","address":4096}""", "/address")]
    [InlineData("[]", "")]
    public async Task What_no_host_could_ever_do_is_refused_with_its_place_and_appends_nothing(string body, string place)
    {
        var refused = await PutAsync(body);
        Assert.Equal((400, "invalid-request"), (refused.Status, refused.Kind));
        Assert.Equal([place], refused.ErrorPaths);
        Assert.Equal(0, _node.Log.Appended);
    }

    [Theory]
    [InlineData("?timeout=5", "?timeout")]
    [InlineData("?timeout=31s", "?timeout")]
    [InlineData("?colour=red", "?colour")]
    public async Task Bad_parameters_are_refused(string query, string place) =>
        Assert.Equal([place], (await _node.SendAsync(HttpMethod.Put, Route + query, App)).ErrorPaths);

    [Fact]
    public async Task Conditions_are_those_of_flags()
    {
        Assert.Equal(412, (await PutAsync(App, ("If-Match", "*"))).Status);
        Assert.Equal(412, (await PutAsync(App, ("If-Match", "\"3\""))).Status);
        var put = await PutAsync(App, ("If-None-Match", "*"));
        Assert.Equal(201, put.Status);

        var twice = await PutAsync(App, ("If-None-Match", "*"));
        Assert.Equal((412, $"/attachments/{AppId}", put.Revision), (twice.Status, twice.Body.GetProperty("key").GetString(), twice.Body.GetProperty("actualRevision").GetInt64()));
        Assert.Equal(200, (await PutAsync(App, ("If-Match", "*"))).Status);
        Assert.Equal(412, (await PutAsync(App, ("If-Match", put.ETag!))).Status);
        Assert.Equal(412, (await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}", null, ("If-Match", put.ETag!))).Status);
        Assert.Equal(400, (await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}", null, ("If-None-Match", "*"))).Status);
    }

    [Fact]
    public async Task It_is_withdrawn_by_its_id_or_by_its_file_and_symbol()
    {
        await PutAsync(App);
        var withdrawn = await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}?message=enough");
        Assert.Equal((200, AppId), (withdrawn.Status, withdrawn.Body.GetProperty("id").GetString()));
        Assert.Empty(_node.Door.Wanted!);
        var gone = await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}");
        Assert.Equal((404, "attachment-not-found"), (gone.Status, gone.Kind));

        await PutAsync(App);
        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Delete, $"{Route}?exe=/opt/app&symbol=is_enabled")).Status);
        Assert.Equal(["?symbol"], (await _node.SendAsync(HttpMethod.Delete, $"{Route}?exe=/opt/app")).ErrorPaths);
        Assert.Equal(["/id"], (await _node.SendAsync(HttpMethod.Delete, $"{Route}/nothing")).ErrorPaths);
    }

    [Fact]
    public async Task A_retry_gets_the_first_outcome_and_a_key_names_one_write()
    {
        (string, string) key = ("Idempotency-Key", Guid.NewGuid().ToString("D"));
        var first = await PutAsync(App, key);
        Assert.Equal(first.Revision, (await PutAsync(App, key)).Revision);
        Assert.Equal((422, "idempotency-key-reused"), Kind(await PutAsync("""{"exe":"/opt/other","symbol":"f"}""", key)));

        (string, string) other = ("Idempotency-Key", Guid.NewGuid().ToString("D"));
        var withdrawn = await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}", null, other, ("If-Match", "*"));
        var again = await _node.SendAsync(HttpMethod.Delete, $"{Route}/{AppId}", null, other, ("If-Match", "*"));
        Assert.Equal((200, withdrawn.Revision), (again.Status, again.Revision));
    }

    [Fact]
    public async Task A_change_set_switches_a_flag_and_attaches_at_once_or_neither()
    {
        var set = $$$"""{"changes":[{"put":{"key":"flag","definition":{{{TestNode.Bool}}}}}],"attachments":[{"put":{"exe":"/opt/app","symbol":"is_enabled","ifRevision":0}}]}""";
        var applied = await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", set);
        Assert.Equal(200, applied.Status);
        Assert.Equal(applied.Revision, (await _node.GetAsync(Route)).Body.GetProperty("attachments")[0].GetProperty("revision").GetInt64());

        var refused = await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", set.Replace("\"flag\"", "\"other\"", StringComparison.Ordinal));
        Assert.Equal((409, $"the attachment {AppId} has revision {applied.Revision}"), (refused.Status, refused.Detail));
        Assert.Equal(404, (await _node.GetAsync("/api/v1/flags/other")).Status);

        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", $$$"""{"attachments":[{"withdraw":{"id":"{{{AppId}}}"}}]}""")).Status);
        Assert.Equal("attachment-not-found", (await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", $$$"""{"attachments":[{"withdraw":{"id":"{{{AppId}}}"}}]}""")).Kind);
    }

    [Fact]
    public async Task What_is_wrong_in_a_change_set_is_said_once_and_at_its_place()
    {
        var wrong = await _node.SendAsync(HttpMethod.Post, "/api/v1/changes",
            """{"attachments":[{"put":{"exe":"app","symbol":"f","ifRevision":-1}},{"withdraw":{}},{"colour":1},7,{"put":{"symbol":"f"}}]}""");
        Assert.Equal(
            ["/attachments/0/put/exe", "/attachments/0/put/ifRevision", "/attachments/1/withdraw/id", "/attachments/2", "/attachments/3", "/attachments/4/put/exe"],
            wrong.ErrorPaths);
        Assert.Equal(["/changes"], (await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", """{"attachments":[]}""")).ErrorPaths);
    }

    [Fact]
    public async Task One_attachment_or_one_host_can_be_asked_for()
    {
        await PutAsync(App);
        await PutAsync("""{"exe":"/opt/other","symbol":"f"}""");
        Assert.Equal(AppId, Assert.Single((await _node.GetAsync($"{Route}?id={AppId}&scope=host")).Body.GetProperty("attachments").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(2, (await _node.GetAsync($"{Route}?scope=host&consistency=local")).Body.GetProperty("attachments").GetArrayLength());
        Assert.Equal(["?scope", "?id"], (await _node.GetAsync($"{Route}?scope=world&id=x")).ErrorPaths);
    }

    private static (int, string) Kind(Answer answer) => (answer.Status, answer.Kind);
}
