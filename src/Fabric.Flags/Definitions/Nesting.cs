using System.Text.Json;

namespace Fabric.Flags.Definitions;

/// <summary>How deep JSON is nested. What is stored is read with a bound, so nothing deeper may be accepted in the first place.</summary>
internal static class Nesting
{
    /// <summary>Objects and arrays within each other: 0 for a plain value.</summary>
    internal static int Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(static property => Of(property.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(Of).DefaultIfEmpty().Max(),
        _ => 0,
    };
}
