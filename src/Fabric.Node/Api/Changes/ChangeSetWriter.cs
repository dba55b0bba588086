using System.Net.Http.Headers;
using System.Text.Json;
using Fabric.Flags.Changes;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Changes;

/// <summary>Writes a change set as the API takes it.</summary>
internal static class ChangeSetWriter
{
    public static HttpContent ToContent(ChangeSet changes)
    {
        var body = new ChangesBody([.. changes.Changes.Select(ToBody)], changes.Message);
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Sparse.ChangesBody));
        content.Headers.ContentType = new MediaTypeHeaderValue(JsonBody.Json);
        return content;
    }

    private static ChangeBody ToBody(Change change) => change switch
    {
        Change.Put put => new ChangeBody(new PutBody(put.Key, new RawJson(put.Definition.Json), put.IfRevision), null),
        _ => new ChangeBody(null, new DeleteBody(change.Key, change.IfRevision)),
    };
}
