using Fabric.Flags;
using Fabric.Flags.Documents;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Microsoft.AspNetCore.Http.Features;

namespace Fabric.Node.Api.Import;

/// <summary>An import, read and checked as far as that goes without the fabric's flags.</summary>
/// <param name="Document">The file.</param>
/// <param name="Utf8">The file as it was sent.</param>
/// <param name="Operation">The name of the import.</param>
/// <param name="DryRun">Say what would be, and write nothing.</param>
/// <param name="Partial">Write the sound flags although others are refused.</param>
/// <param name="Message">Why, for those who read the history.</param>
internal sealed record ImportRequest(FlagDocument Document, ReadOnlyMemory<byte> Utf8, Operation Operation, bool DryRun, bool Partial, string? Message)
{
    /// <summary>Exactly one of the two results is set.</summary>
    public static async Task<(ImportRequest? Request, Refusal? Refusal)> ReadAsync(HttpContext http, int limit)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "dryRun", "partial", "message");
        var (dryRun, partial) = (ReadSwitch(http.Request, "dryRun", problems), ReadSwitch(http.Request, "partial", problems));
        var operation = Operation.Read(http.Request, problems);
        var message = http.Request.Query["message"] is [{ } text, ..] ? text : null;
        if (message is not null && System.Text.Encoding.UTF8.GetByteCount(message) > Limits.MessageBytes)
            problems.Add(new Problem("?message", $"a message has at most {Limits.MessageBytes} bytes"));

        // The server's own bound is that of a request with one definition.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limit;
        var (utf8, refusal) = await JsonBody.ReadUtf8Async(http, limit, JsonBody.Json);
        if (utf8 is null)
            return (null, refusal);
        var document = DocumentReader.Read(utf8);
        problems.AddRange(document.Problems);
        return problems.Count > 0
            ? (null, Refusals.Invalid(problems))
            : (new ImportRequest(document, utf8, operation, dryRun, partial, message), null);
    }

    private static bool ReadSwitch(HttpRequest request, string name, List<Problem> problems)
    {
        if (request.Query[name] is not [{ } text, ..] || text is "true" or "false")
            return request.Query[name] is ["true", ..];
        problems.Add(new Problem($"?{name}", "must be true or false"));
        return false;
    }
}
