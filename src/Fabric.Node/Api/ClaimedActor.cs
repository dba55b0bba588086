using System.Text;
using Fabric.Flags;

namespace Fabric.Node.Api;

/// <summary>Who somebody who writes says to be. There is no authentication yet, so nothing proves it.</summary>
internal static class ClaimedActor
{
    public const string Header = "X-Fabric-Actor";

    /// <summary>Null where they said nothing.</summary>
    public static string? Read(HttpRequest request) => request.Headers[Header] is [{ Length: > 0 } actor] ? actor : null;

    public static Problem? WhyNot(HttpRequest request) =>
        request.Headers[Header] is { Count: > 1 } || (Read(request) is { } actor && (Encoding.UTF8.GetByteCount(actor) > Limits.ActorBytes || actor.Any(char.IsControl)))
            ? new Problem(Header, $"must be one name of at most {Limits.ActorBytes} bytes without control characters")
            : null;
}
