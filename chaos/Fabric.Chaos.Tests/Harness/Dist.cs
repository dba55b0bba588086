using Fabric.Tests.Shared;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>What ./build.sh has built.</summary>
internal static class Dist
{
    internal static string Fabric => RepositoryRoot.Built("dist", "fabric");

    internal static string Native(string name) => RepositoryRoot.Built("tests", "native", "out", name);
}
