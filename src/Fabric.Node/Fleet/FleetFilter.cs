namespace Fabric.Node.Fleet;

/// <summary>
/// Lets the answer to a write wait until the whole fleet has it, where the request asks so. The write itself is decided
/// before: what the wait comes to never turns it into a failure.
/// </summary>
internal sealed class FleetFilter(FleetWait fleet) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<WaitsForFleet>() is null)
            return await next(context);
        var result = await next(context);
        // What is wrong with it the write itself has refused, beside all else that is wrong.
        if (WaitsForFleet.Read(http.Request, []) is { } time && result is IValueHttpResult { Value: IWriteBody body })
            body.Fleet = await fleet.WaitAsync(body.Revision, time, http.RequestAborted);
        return result;
    }
}
