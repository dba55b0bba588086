namespace Fabric.Node.Fleet;

/// <summary>How far a host was when it was last heard of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Applied">Index of the last entry that it has applied.</param>
/// <param name="Table">Index up to which its programs see entries.</param>
/// <param name="Heard">When it last said something; the default where nobody who was asked has heard it.</param>
/// <param name="Connected">It is fed from here, or from a host that is.</param>
/// <param name="Identity">Its data folder's identity, where that is known.</param>
internal sealed record HostProgress(string Name, string Http, long Applied, long Table, DateTimeOffset Heard, bool Connected, Guid? Identity = null);
