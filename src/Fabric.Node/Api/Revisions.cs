using System.Globalization;
using Fabric.Raft;

namespace Fabric.Node.Api;

/// <summary>Revisions in headers.</summary>
internal static class Revisions
{
    /// <summary>The last change set that an answer has seen.</summary>
    public const string Header = "Fabric-Revision";

    public static string ToETag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    public static void Stamp(HttpResponse response, FabricState state) =>
        response.Headers[Header] = state.Flags.Revision.ToString(CultureInfo.InvariantCulture);
}
