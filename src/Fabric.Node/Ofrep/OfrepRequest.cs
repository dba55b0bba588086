using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Evaluation;
using Fabric.Node.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Fabric.Node.Ofrep;

/// <summary>Who asks, read from a request's body. It holds the body's memory until it is disposed.</summary>
internal sealed record OfrepRequest(Caller Caller, JsonBody? Body) : IDisposable
{
    public void Dispose() => Body?.Dispose();

    /// <summary>Exactly one of the two results is set. A request without a body is nobody in particular who asks.</summary>
    public static async Task<(OfrepRequest? Request, OfrepError? Error)> ReadAsync(HttpContext http, int bodyLimit)
    {
        if (IsEmpty(http))
            return (new OfrepRequest(Caller.Nobody, null), null);
        var problems = new List<Problem>();
        var (body, refusal) = await JsonBody.ReadAsync(http, bodyLimit, problems, JsonBody.Json);
        if (refusal is not null)
            return (null, OfrepError.From(refusal));
        if (body is null)
            return (null, OfrepError.NotParsed(problems[0].Reason));

        var root = body.Document.RootElement;
        var (caller, problem) = root.ValueKind == JsonValueKind.Object
            ? ContextReader.Read(root.TryGetProperty("context", out var context) ? context : default)
            : (null, null);
        if (caller is not null)
            return (new OfrepRequest(caller, body), null);
        body.Dispose();
        return (null, problem is null ? OfrepError.NotParsed("the body must be an object with a context") : OfrepError.NoContext(problem));
    }

    private static bool IsEmpty(HttpContext http) =>
        http.Request.ContentLength == 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
}
