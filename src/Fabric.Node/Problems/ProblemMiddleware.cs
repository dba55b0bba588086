using Fabric.Node.Ofrep;

namespace Fabric.Node.Problems;

/// <summary>The outermost step of every request: whatever goes wrong below leaves as problem details, or as OFREP has it.</summary>
internal sealed class ProblemMiddleware(ILogger logger)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        Refusal? refusal = null;
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400)
                refusal = ForStatus(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone: there is nobody to answer.
        }
        catch (BadHttpRequestException bad)
        {
            refusal = new Refusal(bad.StatusCode, "invalid-request", "The request is not valid", bad.Message);
        }
#pragma warning disable CA1031 // The last line of defence: one request's failure must not end the others.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            Log.RequestFailed(logger, http.Request.Method, http.Request.Path, unexpected);
            refusal = Refusals.Unexpected();
        }

        if (refusal is not null && !http.Response.HasStarted)
            await (http.Request.Path.StartsWithSegments(OfrepApi.Prefix) ? (IResult)OfrepError.From(refusal) : refusal).ExecuteAsync(http);
    }

    private static Refusal? ForStatus(HttpContext http) => http.Response.StatusCode switch
    {
        404 => Refusals.NoRoute(http.Request.Path),
        405 => Refusals.NoMethod(http.Request.Method, http.Request.Path),
        415 => Refusals.WrongType(http.Request.ContentType, ["application/json"]),
        var status => new Refusal(status, "invalid-request", "The request is not valid", $"refused with status {status}"),
    };
}
