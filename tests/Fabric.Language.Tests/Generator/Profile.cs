namespace Fabric.Language.Tests.Generator;

/// <summary>What is generated.</summary>
internal enum Profile
{
    /// <summary>flagd's own fields and facts.</summary>
    Flagd,

    /// <summary>All that every door of Fabric evaluates.</summary>
    Fabric,
}
