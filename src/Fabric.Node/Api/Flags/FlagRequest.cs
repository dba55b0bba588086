using Fabric.Flags;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Flags;

/// <summary>A write of one flag, read and checked as far as that goes without the flag.</summary>
internal sealed record FlagRequest(string Key, Operation Operation, Precondition Condition, string? Message, JsonBody? Body) : IDisposable
{
    public void Dispose() => Body?.Dispose();

    /// <summary>
    /// Reads everything before it refuses anything, so that all problems are named at once. Without media types the
    /// write has no body.
    /// </summary>
    public static async Task<(FlagRequest? Request, Refusal? Refusal)> ReadAsync(
        HttpContext http, int bodyLimit, List<Problem> problems, params string[] types)
    {
        QueryNames.Check(http.Request, problems, "message");
        var key = PathKey.Read(http, problems);
        var operation = Operation.Read(http.Request, problems);
        var condition = Precondition.Read(http.Request, problems);
        var message = http.Request.Query["message"] is [{ } text, ..] ? text : null;
        if (message is not null && System.Text.Encoding.UTF8.GetByteCount(message) > Limits.MessageBytes)
            problems.Add(new Problem("?message", $"a message has at most {Limits.MessageBytes} bytes"));
        if (types.Length == 0)
            return (new FlagRequest(key, operation, condition, message, null), null);

        var (body, refusal) = await JsonBody.ReadAsync(http, bodyLimit, problems, types);
        return refusal is null ? (new FlagRequest(key, operation, condition, message, body), null) : (null, refusal);
    }
}
