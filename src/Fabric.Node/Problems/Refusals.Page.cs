namespace Fabric.Node.Problems;

/// <summary>What a browser is refused.</summary>
internal static partial class Refusals
{
    public static Refusal OtherSite(string origin) =>
        new(403, "cross-site", "A page of another site may not write", $"{origin} is no address of this fabric's hosts; nothing was applied");
}
