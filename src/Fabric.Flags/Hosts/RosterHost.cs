namespace Fabric.Flags.Hosts;

/// <summary>The part that a host is to play.</summary>
public enum HostRole
{
    /// <summary>Follows without a vote.</summary>
    Observer = 1,

    /// <summary>Votes.</summary>
    Voter = 2,
}

/// <summary>A host of the fabric.</summary>
/// <param name="Name">Its name, unique in the fabric.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Role">The part it is to play.</param>
/// <param name="Identity">Made in its data folder when that was first used: another one says that the folder is another.</param>
/// <param name="Since">The revision at which it stands here as it does.</param>
public sealed record RosterHost(string Name, string Http, HostRole Role, Guid Identity, long Since);
