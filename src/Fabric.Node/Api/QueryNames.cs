using Fabric.Flags;
using Fabric.Node.Fleet;

namespace Fabric.Node.Api;

/// <summary>The query parameters of an address. One that is misspelt must not be taken for one that was not given.</summary>
internal static class QueryNames
{
    public static void Check(HttpRequest request, ICollection<Problem> problems, params ReadOnlySpan<string> known)
    {
        var waits = request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<WaitsForFleet>() is not null;
        if (waits)
            WaitsForFleet.Read(request, problems, known.Contains(WaitsForFleet.Timeout));
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name) && !(waits && name is WaitsForFleet.Wait or WaitsForFleet.Timeout))
                problems.Add(new Problem($"?{name}", known.Length == 0 ? "there are no parameters here" : $"unknown parameter; there are {string.Join(", ", known)}"));
            else if (values.Count > 1)
                problems.Add(new Problem($"?{name}", "is given more than once"));
        }
    }
}
