using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Fabric.Chaos.Traffic;

/// <summary>One change that a client wants.</summary>
/// <param name="Key">The flag.</param>
/// <param name="Value">What it shall say, which no other write says; null to delete it.</param>
/// <param name="IfRevision">What it must be at; 0 for what must not be there.</param>
internal sealed record Wish(string Key, long? Value, long? IfRevision)
{
    /// <summary>A definition that is this number for everybody.</summary>
    internal string Definition => string.Create(CultureInfo.InvariantCulture, $$$"""{"state":"ENABLED","variants":{"v":{{{Value}}}},"defaultVariant":"v"}""");

    /// <summary>As <c>operations.jsonl</c> has it.</summary>
    internal void Describe(JsonObject line)
    {
        line["key"] = Key;
        if (Value is { } value)
            line["value"] = value;
        else
            line["delete"] = true;
        if (IfRevision is { } revision)
            line["ifRevision"] = revision;
    }

    /// <summary>As a request of this change alone.</summary>
    internal HttpRequestMessage Request(Uri node, string message)
    {
        var request = new HttpRequestMessage(Value is null ? HttpMethod.Delete : HttpMethod.Put, new Uri(node, $"/api/v1/flags/{Key}?message={message}"));
        // Also a deletion has a body, an empty one: HttpClient sends a request without any again by itself when the connection
        // ends before the answer, and then says only that the second attempt found nobody.
        request.Content = Value is null ? new ByteArrayContent([]) : FabricClient.Json(Definition);
        if (IfRevision is > 0)
            request.Headers.TryAddWithoutValidation("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{IfRevision}\""));
        else if (IfRevision == 0)
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        return request;
    }

    /// <summary>As a request of several changes together.</summary>
    internal static HttpRequestMessage Request(Uri node, IEnumerable<Wish> wishes, string message) => new(HttpMethod.Post, new Uri(node, "/api/v1/changes"))
    {
        Content = FabricClient.Json($$"""{"message":"{{message}}","changes":[{{string.Join(',', wishes.Select(static wish => wish.Text))}}]}"""),
    };

    private string Text
    {
        get
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""{"{{(Value is null ? "delete" : "put")}}":{"key":"{{Key}}" """);
            if (Value is not null)
                text.Append(CultureInfo.InvariantCulture, $",\"definition\":{Definition}");
            if (IfRevision is { } revision)
                text.Append(CultureInfo.InvariantCulture, $",\"ifRevision\":{revision}");
            return text.Append("}}").ToString();
        }
    }
}
