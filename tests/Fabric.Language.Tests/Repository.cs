using Fabric.Tests.Shared;

namespace Fabric.Language.Tests;

/// <summary>Where the repository's built parts are.</summary>
internal static class Repository
{
    internal static string Native(string name) => RepositoryRoot.Built("tests", "native", "out", name);
}
