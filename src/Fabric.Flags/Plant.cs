#if FABRIC_PLANTS
namespace Fabric.Flags;

/// <summary>
/// A bug that is planted on purpose: <c>FABRIC_PLANT</c> names it. Shows that the checks of <c>chaos/</c> find it, and is in no
/// build but one made with <c>-p:FabricPlants=true</c>.
/// </summary>
public static class Plant
{
    private static readonly string? Name = Environment.GetEnvironmentVariable("FABRIC_PLANT");

    /// <summary>Whether this process has the bug.</summary>
    public static bool Is(string name) => Name == name;
}
#endif
